// biome-ignore-all lint/suspicious/noTemplateCurlyInString: \${name} is the template of pipeline.yaml.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quotedAlone } from '../../../engine/spec/shell-quotes.ts';

const commands: readonly (readonly [command: string, quoted: readonly string[]])[] = [
  [`cat "\${a}" '\${b.c}'`, ['"${a}"', "'${b.c}'"]],
  [`echo 'x'\${a}'y' "x"\${a}"y"`, []],
  [`echo '{"lr":"'\${a}'"}'`, []],
  [`echo '{"lr":"\${a}"}'`, []],
  ['echo "$(cat "${a}") and $(cat ${b})" "${c}"', ['"${a}"', '"${c}"']],
  ['(cd x; cat "${a}"); case y in y) cat "${b}";; esac', ['"${a}"', '"${b}"']],
  [String.raw`echo \"'x'\'"\"" "${'${a}'}" '\' "it's"'${'${b}'}'`, ['"${a}"', "'${b}'"]],
  [`echo a#b # it's\ncat "\${a}" # "\${b}"`, ['"${a}"']],
  ['echo "# no comment" "${a}"; echo "$${a}"', ['"${a}"']],
];

for (const [command, quoted] of commands) test(command, () => assert.deepEqual(quotedAlone(command), quoted));
