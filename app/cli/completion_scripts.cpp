// SPDX-License-Identifier: MIT
// The shells' side: each hands over the words up to the cursor and shows what `switchyard complete` answers. Its first
// line is "files" where names of files fit too, the others are "WORD<tab>MEANING".
#include "app/cli/complete.h"
#include "core/base/util/error.h"

namespace switchyard::cli {
namespace {

// bash cuts the line at "=" and ":" as well as at spaces, so the words are put together again from the line; what it
// puts in place of the last piece must lack what stands before that.
constexpr const char* kBash = R"(# Completion of switchyard for bash; written by `switchyard completion bash`.
_switchyard() {
    local line="${COMP_LINE:0:COMP_POINT}" piece rest blank i
    local -a words=()
    rest=$line
    for ((i = 0; i <= COMP_CWORD; ++i)); do
        blank=${rest%%[![:space:]]*}
        rest=${rest#"$blank"}
        piece=${COMP_WORDS[i]}
        ((i == COMP_CWORD)) && piece=$rest
        if [[ $i == 0 || -n $blank || ${#words[@]} == 0 ]]; then words+=("$piece"); else words[-1]+=$piece; fi
        rest=${rest#"$piece"}
    done
    local typed=${words[-1]} answer files=''
    words[-1]=${typed//[\"\']/}
    COMPREPLY=()
    while IFS=$'\t' read -r answer _; do
        if [[ $answer == :files ]]; then files=yes; else COMPREPLY+=("$answer"); fi
    done < <("${words[0]/#\~/$HOME}" complete "${words[@]:1}" 2>/dev/null)
    if [[ -n $files ]]; then
        compopt -o filenames 2>/dev/null
        while IFS= read -r answer; do COMPREPLY+=("$answer"); done < <(compgen -f -- "$typed")
    fi
    if [[ ${#COMPREPLY[@]} == 1 && $COMPREPLY == *= ]]; then compopt -o nospace 2>/dev/null; fi
    local cut=${typed%"${typed##*[=:]}"}
    if [[ -n $cut && $COMP_WORDBREAKS == *"${cut: -1}"* ]]; then
        for ((i = 0; i < ${#COMPREPLY[@]}; ++i)); do COMPREPLY[i]=${COMPREPLY[i]#"$cut"}; done
    fi
}
complete -F _switchyard switchyard
)";

constexpr const char* kZsh = R"(#compdef switchyard
# Completion of switchyard for zsh; written by `switchyard completion zsh`.
_switchyard() {
    local line word meaning files=
    local -a plain plain_shown open open_shown
    for line in "${(@f)$(${(Q)words[1]/#\~/$HOME} complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
        word=${line%%$'\t'*}
        meaning=${line#*$'\t'}
        if [[ $word == :files ]]; then
            files=yes
        elif [[ $word == *= ]]; then
            open+=("$word") open_shown+=("$word${meaning:+  -- $meaning}")
        elif [[ -n $word ]]; then
            plain+=("$word") plain_shown+=("$word${meaning:+  -- $meaning}")
        fi
    done
    (( $#plain )) && compadd -l -d plain_shown -a plain
    (( $#open )) && compadd -l -S '' -d open_shown -a open
    [[ -n $files ]] && _files
    (( $#plain + $#open )) || [[ -n $files ]]
}
if [[ $funcstack[1] == _switchyard ]]; then _switchyard "$@"; else compdef _switchyard switchyard; fi
)";

constexpr const char* kFish = R"(# Completion of switchyard for fish; written by `switchyard completion fish`.
function __switchyard_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    for line in ($words[1] complete $words[2..-1] "$typed" 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path "$typed"
        else
            echo $line
        end
    end
end
complete -c switchyard -f -a '(__switchyard_complete)'
)";

}  // namespace

std::string completionScript(const std::string& shell) {
    if (shell == "bash") return kBash;
    if (shell == "zsh") return kZsh;
    if (shell == "fish") return kFish;
    throw Error(ExitCode::kUsage, "there is no completion for this shell", shell, "Take bash, zsh or fish");
}

}  // namespace switchyard::cli
