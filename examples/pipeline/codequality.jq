# `--format json` of Hostwright -> https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
[
  .diagnostics[]
  | {
      description: "\(.code): \(.message)\(if .fix then " (\(.fix))" else "" end)",
      check_name: .code,
      fingerprint: "\(.code):\(.file):\(.line):\(.column):\(.message)" | @base64,
      severity: (if .severity == "error" then "major" else "minor" end),
      location: { path: .file, lines: { begin: (.line // 1) } }
    }
]
