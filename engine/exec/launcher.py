# Starts commands for the engine, which speaks to it through python-launcher.ts: what posix_spawn starts shares this small
# process's memory until it is another program, where a fork copies the tables of all of node's. See docs/adr/0005-plain-spawn.md.
#
# Standard input: messages, each its length in four bytes, most significant first, and its fields with a NUL between them. An
# order: a number of its own, the number of another that it begins behind (empty: at once), the log's path, whether others write into that log (1 or 0), the working folder, the
# program's file, how many arguments it has, those arguments with the program's name first, and variables, NAME=VALUE. `go`
# and a number: that order begins now; `drop` and a number: it does not begin, unless it has.
# Standard output, lines: `ready` once; `started NUMBER GROUP`, and at its end `ended NUMBER CODE SIGNAL SECONDS`; `refused
# NUMBER ERRNO` where the system did not execute the program; `dropped NUMBER`.
import errno
import os
import select
import signal
import struct
import time

MOST_SPARES = 16
# A command that ends within this, in milliseconds, is told of once and not twice: who listens is woken half as often.
PATIENCE = 5

environment = dict(os.environb)
running = {}  # What runs, by its process group.
waiting = {}  # What begins behind another, by that one's number.
unended = set()  # The numbers of both.
spares = []  # Empty logs that were left over, each with its path.
spares_made = 0
news = []
nothing = os.open(os.devnull, os.O_RDONLY)


def main():
    # A child's end is told through a pipe, so that one wait serves for it and for an order.
    ends, end = os.pipe()
    os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(end, warn_on_full_buffer=False)
    poll = select.poll()
    poll.register(0, select.POLLIN)
    poll.register(ends, select.POLLIN)
    news.append('ready')
    unread = b''
    while True:
        ready = dict(poll.poll(PATIENCE if news else None))
        # First, since what was dropped is not to begin behind what was ended in the same breath.
        if 0 in ready:
            read = os.read(0, 65536)
            if not read:
                break
            unread = obey(unread + read)
        if ends in ready:
            os.read(ends, 4096)
            reap()
        if ends in ready or not ready:
            tell()
    # The engine is gone, however it went: with it go its commands.
    for group in running:
        kill(group)
    for _, path in spares:
        remove(path)


def obey(text):
    at = 0
    while len(text) >= at + 4:
        (length,) = struct.unpack_from('>I', text, at)
        if len(text) < at + 4 + length:
            break
        follow(text[at + 4 : at + 4 + length].split(b'\0'))
        at += 4 + length
    return text[at:]


def follow(fields):
    if fields[0] in (b'go', b'drop'):
        for behind, order in list(waiting.items()):
            if order[0] == fields[1]:
                del waiting[behind]
                drop(order) if fields[0] == b'drop' else start(order)
    else:
        unended.add(fields[0])
        if fields[1] in unended:
            waiting[fields[1]] = fields
        else:
            start(fields)


def drop(fields):
    unended.discard(fields[0])
    news.append(f'dropped {fields[0].decode()}')
    tell()


def start(fields):
    number, _, path, shared, folder, program, count, *rest = fields
    count = int(count)
    variables = dict(environment)
    for variable in rest[count:]:
        name, _, value = variable.partition(b'=')
        variables[name] = value
    try:
        log = open_log(path)
    except OSError as error:
        return refuse(number, error)
    order = {'number': number, 'log': log, 'path': path, 'shared': shared == b'1', 'since': time.monotonic()}
    try:
        os.chdir(folder)
        group = spawn(program, rest[:count], variables, log)
    except OSError as error:
        put_away(order)
        return refuse(number, error)
    running[group] = order
    news.append(f'started {number.decode()} {group}')


def spawn(program, arguments, variables, log):
    if b'/' not in program:
        # The engine found it nowhere, so that this is asked for the system's own word on it.
        os.environb[b'PATH'] = variables.get(b'PATH', os.defpath.encode())
        return os.posix_spawnp(program, arguments, variables, **conditions(log))
    try:
        return os.posix_spawn(program, arguments, variables, **conditions(log))
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise
        # A script without a first line that names its shell, as every way to start a program has it.
        return os.posix_spawn(b'/bin/sh', [b'sh', program, *arguments[1:]], variables, **conditions(log))


def conditions(log):
    streams = [(os.POSIX_SPAWN_DUP2, file, stream) for stream, file in enumerate((nothing, log, log))]
    # Python ignores these two, and what is ignored is inherited.
    return {'file_actions': streams, 'setpgroup': 0, 'setsigdef': (signal.SIGPIPE, signal.SIGXFSZ)}


def reap():
    while running:
        group, status = os.waitpid(-1, os.WNOHANG)
        if group == 0:
            return
        order = running.pop(group)
        # Whatever it left running in its group would go on writing into outputs that count as finished.
        kill(group)
        put_away(order)
        code, by = (0, os.WTERMSIG(status)) if os.WIFSIGNALED(status) else (os.WEXITSTATUS(status), 0)
        number, seconds = order['number'], time.monotonic() - order['since']
        unended.discard(number)
        news.append(f'ended {number.decode()} {code} {by} {seconds:.6f}')
        if number in waiting:
            start(waiting.pop(number))


def kill(group):
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


# Most commands say nothing. Making a file and removing it again for each would be the dearest part of starting one on a
# journalling filesystem, which does not reuse for some seconds what was removed; so an empty log is renamed for the next.
def open_log(path):
    if spares and os.path.dirname(spares[-1][1]) == os.path.dirname(path) and not os.path.exists(path):
        log, spare = spares.pop()
        try:
            os.rename(spare, path)
            return log
        except OSError:
            os.close(log)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    try:
        return os.open(path, flags, 0o666)
    except FileNotFoundError:
        # Somebody may have tidied up below the run.
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return os.open(path, flags, 0o666)


def put_away(order):
    global spares_made
    log, path = order['log'], order['path']
    if not order['shared'] and os.fstat(log).st_size == 0:
        spares_made += 1
        spare = os.path.dirname(path) + f'/.empty-{os.getpid()}-{spares_made}'.encode()
        if len(spares) < MOST_SPARES and rename(path, spare):
            return spares.append((log, spare))
        remove(path)
    os.close(log)


def rename(path, to):
    try:
        os.rename(path, to)
        return True
    except OSError:
        return False


def remove(path):
    try:
        os.unlink(path)
    except OSError:
        pass


def refuse(number, error):
    unended.discard(number)
    news.append(f'refused {number.decode()} {error.errno}')
    tell()


def tell():
    text = ''.join(f'{line}\n' for line in news).encode()
    news.clear()
    try:
        while text:
            text = text[os.write(1, text) :]
    except BrokenPipeError:
        # The engine is gone, which the end of its orders tells next.
        pass


main()
