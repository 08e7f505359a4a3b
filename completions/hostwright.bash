# Completes hostwright and compile in bash. Made by `hostwright completion bash`.

_hostwright_words() {
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current")
}

_hostwright_kind() {
    case $1 in
        manifest)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <({ compgen -f -X '!*.yaml' -- "$current"; compgen -d -- "$current"; } | sort -u)
            ;;
        file)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            ;;
        folder)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -d -- "$current")
            ;;
        code)
            _hostwright_words "$_hostwright_codes"
            ;;
        option)
            _hostwright_words "$_hostwright_options"
            ;;
    esac
}

_hostwright_codes="
HW001
HW002
HW003
HW004
HW005
HW006
HW007
HW008
HW009
HW010
HW011
HW012
HW013
HW014
HW015
HW016
HW017
HW018
HW019
HW020
HW021
HW022
HW023
HW024
HW025
HW026
HW027
HW028
HW029
HW030
HW031
HW032
HW033
HW034
HW035
HW036
HW037
HW038
HW040
HW041
HW042
HW043
HW044
HW045
HW046
HW050
HW051
HW052
HW053
HW054
HW055
HW057
HW058
HW059
HW060
HW061
HW062
HW063
HW064
HW065
HW066
HW070
HW071
HW074
HW075
HW076
HW077
HW078
"

_hostwright_options="
backup
backup.append_only
backup.check
backup.check.at
backup.check.verify_data
backup.chunker_params
backup.compression
backup.drill
backup.encryption
backup.exclude
backup.home
backup.initialize
backup.keep
backup.keep.daily
backup.keep.hourly
backup.keep.monthly
backup.keep.weekly
backup.keep.within
backup.keep.yearly
backup.known_hosts
backup.mail
backup.passphrase
backup.paths
backup.repository
backup.schedule
backup.schedule.at
backup.schedule.jitter
backup.schedule.persistent
backup.ssh_key
backup.stale
backup.stale.at
backup.stale.grace
backup.trust_on_first_use
external
external.groups
external.paths
external.users
host
imports
layout
module_path
modules
modules.dump
modules.dump.enable
modules.dump.when
modules.gitea
modules.gitea.config
modules.gitea.data
modules.gitea.database
modules.gitea.database_name
modules.gitea.drill
modules.gitea.enable
modules.gitea.required
modules.gitea.shrink_limit
modules.gitea.timeout
modules.gitea.user
modules.gitea.when
modules.healthchecks
modules.healthchecks.enable
modules.healthchecks.log_lines
modules.healthchecks.ping_key
modules.healthchecks.url
modules.healthchecks.when
modules.ntfy
modules.ntfy.enable
modules.ntfy.log_lines
modules.ntfy.server
modules.ntfy.success
modules.ntfy.token
modules.ntfy.topic
modules.ntfy.topic_file
modules.ntfy.when
modules.postgresql
modules.postgresql.count_rows
modules.postgresql.databases
modules.postgresql.drill
modules.postgresql.enable
modules.postgresql.exclude
modules.postgresql.globals
modules.postgresql.port
modules.postgresql.required
modules.postgresql.shrink_limit
modules.postgresql.timeout
modules.postgresql.when
modules.prometheus
modules.prometheus.enable
modules.prometheus.folder
modules.prometheus.when
package
package.depends
package.maintainer
package.preflight
tags
target
units
"

# How many words a verb's option takes.
_hostwright_values() {
    case $1:$2 in
        compile:-o | compile:--output)
            echo 1
            ;;
        compile:--format)
            echo 1
            ;;
        compile:--deb)
            echo 1
            ;;
        compile:--package-version)
            echo 1
            ;;
        compile:--modules)
            echo 1
            ;;
        deb:-o | deb:--output)
            echo 1
            ;;
        deb:--package-version)
            echo 1
            ;;
        deb:--format)
            echo 1
            ;;
        repo:--suite)
            echo 1
            ;;
        repo:--from)
            echo 1
            ;;
        repo:--key)
            echo 1
            ;;
        repo:--passphrase-file)
            echo 1
            ;;
        repo:--valid-days)
            echo 1
            ;;
        repo:--date)
            echo 1
            ;;
        verify:--format)
            echo 1
            ;;
        verify:--modules)
            echo 1
            ;;
        preflight:--modules)
            echo 1
            ;;
        init:-o | init:--output)
            echo 1
            ;;
        init:--from)
            echo 2
            ;;
        init:--root)
            echo 1
            ;;
        show:--modules)
            echo 1
            ;;
        explain:--from)
            echo 1
            ;;
        explain:--format)
            echo 1
            ;;
        explain:--modules)
            echo 1
            ;;
        options:--modules)
            echo 1
            ;;
        fix:--modules)
            echo 1
            ;;
        new:--modules)
            echo 1
            ;;
        schema:--modules)
            echo 1
            ;;
        *)
            echo 0
            ;;
    esac
}

# The value of a verb's option.
_hostwright_value() {
    case $1:$2 in
        compile:-o | compile:--output)
            _hostwright_kind "folder"
            ;;
        compile:--format)
            _hostwright_words "human json sarif github"
            ;;
        compile:--deb)
            _hostwright_kind "folder"
            ;;
        compile:--package-version)
            _hostwright_kind ""
            ;;
        compile:--modules)
            _hostwright_kind "folder"
            ;;
        deb:-o | deb:--output)
            _hostwright_kind "folder"
            ;;
        deb:--package-version)
            _hostwright_kind ""
            ;;
        deb:--format)
            _hostwright_words "human json sarif github"
            ;;
        repo:--suite)
            _hostwright_kind ""
            ;;
        repo:--from)
            _hostwright_kind ""
            ;;
        repo:--key)
            _hostwright_kind ""
            ;;
        repo:--passphrase-file)
            _hostwright_kind "file"
            ;;
        repo:--valid-days)
            _hostwright_kind ""
            ;;
        repo:--date)
            _hostwright_kind ""
            ;;
        verify:--format)
            _hostwright_words "human json sarif github"
            ;;
        verify:--modules)
            _hostwright_kind "folder"
            ;;
        preflight:--modules)
            _hostwright_kind "folder"
            ;;
        init:-o | init:--output)
            _hostwright_kind "manifest"
            ;;
        init:--from)
            _hostwright_kind ""
            ;;
        init:--root)
            _hostwright_kind "folder"
            ;;
        show:--modules)
            _hostwright_kind "folder"
            ;;
        explain:--from)
            _hostwright_kind "option"
            ;;
        explain:--format)
            _hostwright_words "human json"
            ;;
        explain:--modules)
            _hostwright_kind "folder"
            ;;
        options:--modules)
            _hostwright_kind "folder"
            ;;
        fix:--modules)
            _hostwright_kind "folder"
            ;;
        new:--modules)
            _hostwright_kind "folder"
            ;;
        schema:--modules)
            _hostwright_kind "folder"
            ;;
    esac
}

# A word of a verb that is no option, by its number.
_hostwright_place() {
    case $1:$2 in
        compile:*)
            _hostwright_kind "manifest"
            ;;
        deb:*)
            _hostwright_kind "folder"
            ;;
        repo:0)
            _hostwright_words "add promote rollback remove sign show"
            ;;
        repo:1)
            _hostwright_kind "folder"
            ;;
        repo:*)
            _hostwright_kind ""
            ;;
        verify:*)
            _hostwright_kind "file"
            ;;
        preflight:0)
            _hostwright_kind "file"
            ;;
        show:0)
            _hostwright_kind "manifest"
            ;;
        explain:0)
            _hostwright_kind "manifest"
            ;;
        explain:1)
            _hostwright_kind "option"
            ;;
        options:*)
            _hostwright_kind "option"
            ;;
        codes:*)
            _hostwright_kind "code"
            ;;
        fix:*)
            _hostwright_kind "manifest"
            ;;
        new:0)
            _hostwright_words "module"
            ;;
        new:1)
            _hostwright_kind ""
            ;;
        completion:0)
            _hostwright_words "bash zsh fish"
            ;;
    esac
}

_hostwright_flags() {
    case $1 in
        compile)
            _hostwright_words "-h --help -o --output --check --strict --format --deb --package-version --modules"
            ;;
        deb)
            _hostwright_words "-h --help -o --output --package-version --format"
            ;;
        repo)
            _hostwright_words "-h --help --suite --from --key --passphrase-file --valid-days --date --all"
            ;;
        verify)
            _hostwright_words "-h --help --format --modules"
            ;;
        preflight)
            _hostwright_words "-h --help --offline --verbose --modules"
            ;;
        init)
            _hostwright_words "-h --help -o --output --from --root --force"
            ;;
        show)
            _hostwright_words "-h --help --origins --digest --modules"
            ;;
        explain)
            _hostwright_words "-h --help --from --format --modules"
            ;;
        options)
            _hostwright_words "-h --help --modules"
            ;;
        codes)
            _hostwright_words "-h --help"
            ;;
        fix)
            _hostwright_words "-h --help --diff --all --modules"
            ;;
        new)
            _hostwright_words "-h --help --modules"
            ;;
        schema)
            _hostwright_words "-h --help --profile --modules"
            ;;
        completion)
            _hostwright_words "-h --help"
            ;;
    esac
}

# Completes the words behind a verb; the first of them has the number $2.
_hostwright_verb() {
    local verb=$1 first=$2 place=0 values=0 option='' word index
    for ((index = first; index < COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        if [[ $word == "=" ]]; then
            continue
        elif ((values > 0)); then
            values=$((values - 1))
        elif [[ $word == -* ]]; then
            option=$word
            values=$(_hostwright_values "$verb" "$word")
        else
            place=$((place + 1))
        fi
    done
    if [[ $current == "=" ]]; then
        current=
    fi
    if ((values > 0)); then
        _hostwright_value "$verb" "$option"
    elif [[ $current == -* ]]; then
        _hostwright_flags "$verb"
    else
        _hostwright_place "$verb" "$place"
    fi
}

_hostwright() {
    local current=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        _hostwright_words "compile deb repo verify preflight init show explain options codes fix new schema completion --help --version"
    else
        _hostwright_verb "${COMP_WORDS[1]}" 2
    fi
}

_hostwright_compile() {
    local current=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    _hostwright_verb compile 1
}

complete -F _hostwright hostwright
complete -F _hostwright_compile compile
