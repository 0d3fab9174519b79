/**
 * The completion script of each shell. Each asks ping14c what may follow, so that profiles and all values are those of the
 * moment, and hands the words on as data: none is ever expanded or run (docs/security.md, rule 44).
 */
export const completionScripts = {
  bash: `# bash completion for ping14c
_ping14c() {
  local line kind=''
  COMPREPLY=()
  while IFS= read -r line; do
    if [ -z "$kind" ]; then kind=$line; else COMPREPLY+=("$line"); fi
  done <<< "$(command ping14c __complete bash -- "\${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)"
  # Before version 4 bash has no compopt, and offers files where there is nothing else.
  [ "$kind" = files ] || compopt +o default 2>/dev/null
}
complete -o default -F _ping14c ping14c
`,
  zsh: `#compdef ping14c
_ping14c() {
  local line summary
  local -i width
  local -a answer offered shown
  answer=("\${(@f)$(command ping14c __complete zsh -- "=\${(Q)PREFIX}" "\${(@Q)words[2,CURRENT-1]}" 2>/dev/null)}")
  if [[ $answer[1] == files ]]; then _files; return; fi
  offered=("\${(@)answer[2,-1]%%$'\\t'*}")
  width=\${#\${(O@)offered//?/x}[1]}
  for line in "\${(@)answer[2,-1]}"; do
    summary=\${line#*$'\\t'}
    shown+=("\${(r:width:)line%%$'\\t'*}\${summary:+  -- $summary}")
  done
  # In place of _describe, which takes colons and backslashes of a word for its own.
  compadd -l -d shown -a offered
}
if [ "$funcstack[1]" = _ping14c ]; then _ping14c "$@"; else compdef _ping14c ping14c; fi
`,
  fish: `# fish completion for ping14c
function __ping14c_complete
    set -l current (commandline -ct)
    set -l words (commandline -opc)
    set -l answer (command ping14c __complete fish -- "=$current" $words[2..] 2>/dev/null)
    if test "$answer[1]" = files
        __fish_complete_path "$current"
    else
        string join \\n -- $answer[2..]
    end
end
complete -c ping14c -f -a '(__ping14c_complete)'
`,
  powershell: `# PowerShell completion for ping14c
Register-ArgumentCompleter -Native -CommandName ping14c -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
    ForEach-Object { if ($_.Value -is [string]) { $_.Value } else { $_.Extent.Text } })
  $begun = $wordToComplete -replace '^["'']', ''
  # On Windows ping14c may be a script of cmd, which would take these for its own and run what is behind them.
  if ("$begun $words" -match '[&|<>^%"!]') { return }
  $kind, $lines = & ping14c __complete powershell -- "=$begun" @words 2>$null
  if ($kind -ne 'words') { return }
  foreach ($line in $lines) {
    $word, $summary = $line -split "\`t", 2
    if (-not $word.StartsWith($begun, [StringComparison]::OrdinalIgnoreCase)) { continue }
    if (-not $summary) { $summary = $word }
    $typed = $word
    if ($word -notmatch '^[A-Za-z0-9_:./=-]+$') {
      $typed = "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($word) + "'"
    }
    [System.Management.Automation.CompletionResult]::new($typed, $word, 'ParameterValue', $summary)
  }
}
`,
} as const;

export type Shell = keyof typeof completionScripts;
