# Starts commands for the engine, which speaks to it through perl-launcher.ts: a fork of this small process costs a quarter
# of what a fork of node does. See docs/adr/0005-plain-spawn.md.
#
# Standard input: orders, each its length in four bytes, most significant first, and its fields with a NUL between them: a
# number of the order's own, the log's path, whether others write into that log (1 or 0), the working folder, the
# program's file, how many arguments it has, those arguments with the program's name first, and variables, NAME=VALUE.
# Standard output, lines: `ready` once; `started NUMBER GROUP`, and at its end `ended NUMBER CODE SIGNAL`, or `refused NUMBER
# ERRNO` where the system did not execute the program or not even made a child.
use strict;

# What runs, by its process group; empty logs that were left over, each with its path.
my (%running, @spares);
my $most_spares = 16;
my $spares_made = 0;

# A child's end is told through a pipe, so that one wait serves for it and for an order.
pipe(my $ends, my $end) or die;
$SIG{CHLD} = sub { syswrite($end, '.') };
# A handler, since `ignore` would be inherited: when the engine is gone, what runs is still ended below.
$SIG{PIPE} = sub { };

say_line('ready');
my $input = '';
while (1) {
    my $ready = '';
    vec($ready, fileno($_), 1) = 1 for *STDIN, $ends;
    next if select($ready, undef, undef, undef) < 0;
    if (vec($ready, fileno($ends), 1)) {
        sysread($ends, my $word, 4096);
        reap();
    }
    next unless vec($ready, fileno(STDIN), 1);
    my $read = sysread(STDIN, $input, 65536, length $input);
    last if defined $read && $read == 0;
    while (length $input >= 4) {
        my $length = unpack('N', $input);
        last if length $input < 4 + $length;
        start(split(/\0/, substr($input, 4, $length), -1));
        substr($input, 0, 4 + $length) = '';
    }
}
# The engine is gone, however it went: with it go its commands.
kill('KILL', map { -$_ } keys %running);
unlink map { $_->{path} } @spares;

sub start {
    my ($number, $path, $shared, $folder, $program, $arguments, @rest) = @_;
    my @arguments = splice(@rest, 0, $arguments);
    my $log = open_log($path) or return say_line('refused', $number, $! + 0);
    # Where the program is not executed, the child says why; Perl closes both ends where it is.
    my $group = pipe(my $fault, my $tell) ? fork : undef;
    my $ended = { number => $number, log => $log, path => $path, shared => $shared, fault => $fault };
    if (!defined $group) {
        my $errno = $! + 0;
        put_away($ended);
        return say_line('refused', $number, $errno);
    }
    if ($group == 0) {
        setpgrp(0, 0);
        become($log, $folder, $program, \@arguments, \@rest);
        syswrite($tell, $! + 0);
        kill('KILL', $$);
    }
    # Whichever of the two comes first, the group is there before anybody hears of it.
    setpgrp($group, $group);
    $running{$group} = $ended;
    say_line('started', $number, $group);
}

# Comes back only where something is refused; `$!` then says what.
sub become {
    my ($log, $folder, $program, $arguments, $variables) = @_;
    $SIG{CHLD} = $SIG{PIPE} = 'DEFAULT';
    chdir($folder) or return;
    open(STDIN, '<', '/dev/null') or return;
    open(STDOUT, '>&', $log) or return;
    open(STDERR, '>&', $log) or return;
    for (@$variables) {
        my ($name, $value) = split(/=/, $_, 2);
        $ENV{$name} = $value;
    }
    exec { $program } @$arguments;
}

sub reap {
    while ((my $group = waitpid(-1, 1)) > 0) {
        my ($code, $signal) = ($? >> 8, $? & 127);
        my $ended = delete $running{$group} or next;
        # Whatever it left running in its group would go on writing into outputs that count as finished.
        kill('KILL', -$group);
        put_away($ended);
        my $refused = sysread($ended->{fault}, my $errno, 16);
        say_line($refused ? ('refused', $ended->{number}, $errno) : ('ended', $ended->{number}, $code, $signal));
    }
}

# Most commands say nothing. Making a file and removing it again for each would be the dearest part of starting one on a
# journalling filesystem, which does not reuse for some seconds what was removed; so an empty log is renamed for the next.
sub open_log {
    my ($path) = @_;
    if (@spares && parent($spares[-1]{path}) eq parent($path) && !-e $path) {
        my $spare = pop @spares;
        return $spare->{log} if rename($spare->{path}, $path);
    }
    my $log;
    return $log if open($log, '>>', $path);
    # Somebody may have tidied up below the run.
    my @parts = split(m{/}, parent($path));
    mkdir(join('/', @parts[0 .. $_])) for 1 .. $#parts;
    return open($log, '>>', $path) ? $log : undef;
}

sub put_away {
    my ($ended) = @_;
    return if $ended->{shared} || -s $ended->{log};
    my $path = parent($ended->{path}) . "/.empty-$$-" . ++$spares_made;
    if (@spares < $most_spares && rename($ended->{path}, $path)) {
        push @spares, { log => $ended->{log}, path => $path };
    } else {
        unlink($ended->{path});
    }
}

sub parent {
    return $_[0] =~ s{/[^/]*$}{}r;
}

sub say_line {
    syswrite(STDOUT, "@_\n");
}
