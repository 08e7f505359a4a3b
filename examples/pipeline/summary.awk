# A diff of old/HOST/PATH and new/HOST/PATH -> Markdown, in which a change that several hosts have in
# common stands there once. Two changes are the same that differ in nothing but the host's name.
# Of hosts that are `added` or `gone`, which are words with blanks between them, the names suffice.

BEGIN {
    LIMIT = 60000 # characters: a comment may have little more, and nobody reads as much
    NAMED = 12
    fence = "~~~"
    mark_whole(added)
    mark_whole(gone)
}

/^diff --git / {
    finish()
    begin()
    next
}

/^(index|---|\+\+\+) / && body !~ /(^|\n)@@ / { next }

{
    body = body $0 "\n"
    while (index($0, fence)) fence = fence "~"
}

END {
    finish()
    print "### Hostwright: what changes " since "\n"
    if (added) print "New: " named(added) ".\n"
    if (gone) print "Gone: " named(gone) ".\n"
    if (all) print "Changed: " named(all) ".\n"
    if (!added && !gone && !all) print "No unit of any host."
    for (number = 1; number <= changes; number++) {
        text = "#### `" paths[number] "`\n\n" named(who[number]) "\n\n" fence "diff\n" bodies[number] fence "\n"
        if ((written += length(text)) > LIMIT) {
            print "And more: the diff among the files of this job has all of it."
            exit
        }
        print text
    }
}

function mark_whole(names,    words, item) {
    for (item = split(names, words, " "); item > 0; item--) is_whole[words[item]] = 1
}

# A line has the same name twice, of which the halves differ in nothing but old and new. git quotes
# names that have a backslash, as those of units have.
function begin() {
    gsub(/"/, "")
    path = substr($0, length("diff --git ") + 1)
    path = substr(path, 1, (length(path) - 1) / 2)
    sub(/^[^\/]*\//, "", path)
    host = path
    sub(/\/.*/, "", host)
    path = substr(path, length(host) + 2)
    body = ""
}

function finish(    key) {
    if (host == "" || host in is_whole) return
    if (!(host in is_changed)) all = all " " host
    is_changed[host] = 1
    key = path "\n" without(body, host)
    if (!(key in known)) {
        known[key] = ++changes
        paths[changes] = path
        bodies[changes] = body
    }
    who[known[key]] = who[known[key]] " " host
}

function without(text, name,    found, result) {
    while ((found = index(text, name))) {
        result = result substr(text, 1, found - 1) "\n"
        text = substr(text, found + length(name))
    }
    return result text
}

function named(names,    words, total, item, result) {
    total = split(names, words, " ")
    for (item = 1; item <= total && item <= NAMED; item++) {
        result = result (item > 1 ? ", " : "") "`" words[item] "`"
    }
    return result (total > NAMED ? " and " (total - NAMED) " more" : "")
}
