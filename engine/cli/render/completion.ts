/** Each hands the words up to the cursor to `flow complete`, and falls back on names of files where that has none. */

/**
 * Bash takes a word apart at its word breaks, of which `@`, `=` and `:` stand in our names: what readline replaces begins
 * behind the last one, and at an `@` itself; what stands before that is taken off.
 */
const bash = `# flow: eval "$(flow completion bash)"
_flow() {
  local IFS=$' \\t\\n' line="\${COMP_LINE:0:COMP_POINT}" words whole candidate
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  whole="\${words[-1]}"
  local broken="\${whole%"\${whole##*[@=:]}"}"
  broken="\${broken%@}"
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    COMPREPLY+=("\${candidate#"$broken"}")
  done < <("$1" complete "\${words[@]:1}" 2> /dev/null)
  # A name that a value follows has no space behind it.
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace
  return 0
}
complete -o default -F _flow flow
`;

const zsh = `#compdef flow
# flow: eval "$(flow completion zsh)", behind compinit
_flow() {
  local -a found
  found=("\${(@f)$(\${words[1]} complete "\${(@)words[2,CURRENT]}" 2> /dev/null | cut -f 1)}")
  if [[ -n "\${found[1]}" ]]; then
    compadd -Q -S '' -- "\${(@M)found:#*=}"
    compadd -Q -- "\${(@)found:#*=}"
  else
    _files
  fi
}
compdef _flow flow
`;

const fish = `# flow: flow completion fish | source
function __flow_complete
  set -l found (flow complete (commandline -opc)[2..-1] (commandline -ct) 2> /dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c flow -f -a '(__flow_complete)'
`;

export const scripts = { bash, zsh, fish };
