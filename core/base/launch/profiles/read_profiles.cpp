// SPDX-License-Identifier: MIT
// The profiles file: a map of names, each a map of keys that its kind has.
#include <algorithm>
#include <charconv>
#include <functional>

#include "core/base/config/edit_distance.h"
#include "core/base/config/yaml_tree.h"
#include "core/base/launch/profiles/profile.h"
#include "core/base/util/error.h"

namespace switchyard::launch {
namespace {

using config::MapEntry;
using config::Node;
using config::NodeKind;

constexpr std::int64_t kMostOfAnything = 100'000;
constexpr unsigned kSlurm = 1, kSsh = 2, kKubernetes = 4, kAll = 7;

unsigned bitOf(ProfileKind kind) {
    return kind == ProfileKind::kSlurm        ? kSlurm
           : kind == ProfileKind::kSsh        ? kSsh
           : kind == ProfileKind::kKubernetes ? kKubernetes
                                              : 0;
}

/// What a value is: exactly one of them is set.
struct Key {
    const char* name;
    unsigned kinds;  ///< that have it
    std::function<std::string&(Profile&)> text;
    std::function<std::int64_t&(Profile&)> number;
    std::function<std::vector<std::string>&(Profile&)> list;
    std::int64_t least = 1;
};

Key textKey(const char* name, unsigned kinds, std::function<std::string&(Profile&)> text) {
    return {name, kinds, std::move(text), {}, {}};
}
Key numberKey(const char* name, unsigned kinds, std::function<std::int64_t&(Profile&)> number, std::int64_t least = 1) {
    return {name, kinds, {}, std::move(number), {}, least};
}
Key listKey(const char* name, unsigned kinds, std::function<std::vector<std::string>&(Profile&)> list) {
    return {name, kinds, {}, {}, std::move(list)};
}

const std::vector<Key>& keys() {
    static const std::vector<Key> all = {
        textKey(
            "worker", kAll, [](Profile & p) -> auto& { return p.worker; }),
        textKey(
            "interface", kSlurm | kSsh, [](Profile & p) -> auto& { return p.interface; }),
        listKey(
            "setup", kAll, [](Profile & p) -> auto& { return p.setup; }),
        textKey(
            "partition", kSlurm, [](Profile & p) -> auto& { return p.slurm.partition; }),
        textKey(
            "account", kSlurm, [](Profile & p) -> auto& { return p.slurm.account; }),
        textKey(
            "time", kSlurm, [](Profile & p) -> auto& { return p.slurm.time; }),
        numberKey(
            "nodes", kSlurm, [](Profile & p) -> auto& { return p.slurm.nodes; }),
        numberKey(
            "tasks_per_node", kSlurm, [](Profile & p) -> auto& { return p.slurm.tasks_per_node; }),
        numberKey(
            "cpus_per_task", kSlurm, [](Profile & p) -> auto& { return p.slurm.cpus_per_task; }),
        numberKey(
            "gpus_per_node", kSlurm, [](Profile & p) -> auto& { return p.slurm.gpus_per_node; }, 0),
        listKey(
            "sbatch", kSlurm, [](Profile & p) -> auto& { return p.slurm.sbatch; }),
        listKey(
            "hosts", kSsh, [](Profile & p) -> auto& { return p.ssh.hosts; }),
        numberKey(
            "slots", kSsh, [](Profile & p) -> auto& { return p.ssh.slots; }),
        textKey(
            "folder", kSsh, [](Profile & p) -> auto& { return p.ssh.folder; }),
        textKey(
            "starter", kSsh, [](Profile & p) -> auto& { return p.ssh.starter; }),
        textKey(
            "torchrun", kSsh, [](Profile & p) -> auto& { return p.ssh.torchrun; }),
        textKey(
            "identity", kSsh, [](Profile & p) -> auto& { return p.ssh.identity; }),
        listKey(
            "options", kSsh, [](Profile & p) -> auto& { return p.ssh.options; }),
        textKey(
            "namespace", kKubernetes, [](Profile & p) -> auto& { return p.kubernetes.name_space; }),
        textKey(
            "image", kKubernetes, [](Profile & p) -> auto& { return p.kubernetes.image; }),
        textKey(
            "claim", kKubernetes, [](Profile & p) -> auto& { return p.kubernetes.claim; }),
        textKey(
            "mount", kKubernetes, [](Profile & p) -> auto& { return p.kubernetes.mount; }),
        numberKey(
            "replicas", kKubernetes, [](Profile & p) -> auto& { return p.kubernetes.replicas; }),
        numberKey(
            "ranks_per_replica", kKubernetes, [](Profile & p) -> auto& { return p.kubernetes.ranks_per_replica; }),
        numberKey(
            "gpus", kKubernetes, [](Profile & p) -> auto& { return p.kubernetes.gpus; }, 0),
        textKey(
            "cpu", kKubernetes, [](Profile & p) -> auto& { return p.kubernetes.cpu; }),
        textKey(
            "memory", kKubernetes, [](Profile & p) -> auto& { return p.kubernetes.memory; }),
    };
    return all;
}

class Reader {
public:
    Reader(std::string_view text, const std::string& file) : text_(text), file_(file), lines_(text) {}

    std::vector<Profile> read() {
        const config::Tree tree = config::parseTree(text_);
        for (const config::Problem& problem : tree.problems)
            problems_ += (problems_.empty() ? "" : "\n") + config::describe(problem, file_);
        std::vector<Profile> profiles;
        if (tree.well_formed && problems_.empty()) {
            for (const MapEntry& entry : tree.root.entries) profiles.push_back(profile(entry));
        }
        if (!problems_.empty()) throw Error(ExitCode::kBadConfig, problems_);
        return profiles;
    }

private:
    void complain(std::size_t at, const std::string& message, const std::string& fix) {
        config::Problem problem;
        problem.line = lines_.at(at).line;
        problem.message = message;
        problem.fix = fix;
        problems_ += (problems_.empty() ? "" : "\n") + config::describe(problem, file_);
    }

    Profile profile(const MapEntry& entry) {
        Profile one;
        one.name = entry.key;
        one.line = lines_.at(entry.key_begin).line;
        one.text = std::string(text_.substr(entry.key_begin, entry.value.end - entry.key_begin)) + "\n";
        const bool plain = !one.name.empty() && std::all_of(one.name.begin(), one.name.end(), [](unsigned char c) {
            return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
        });
        if (!plain) complain(entry.key_begin, "a profile's name has letters, digits, - _ and . only", "Rename it");
        if (one.name == "local")
            complain(entry.key_begin, "local is this machine and needs no profile", "Use another name");
        if (entry.value.kind != NodeKind::kMap) {
            complain(entry.key_begin, "the profile " + one.name + " has no keys",
                     "Give kind: slurm, ssh or kubernetes");
            return one;
        }
        readKind(entry, one);
        if (one.kind == ProfileKind::kLocal) return one;
        for (const MapEntry& key : entry.value.entries) {
            if (key.key != "kind") readKey(key, one);
        }
        checkWhole(entry, one);
        return one;
    }

    void readKind(const MapEntry& entry, Profile& one) {
        const auto& entries = entry.value.entries;
        const auto kind =
            std::find_if(entries.begin(), entries.end(), [](const MapEntry& key) { return key.key == "kind"; });
        for (const ProfileKind known : {ProfileKind::kSlurm, ProfileKind::kSsh, ProfileKind::kKubernetes}) {
            if (kind != entries.end() && kind->value.text == profileKindName(known)) one.kind = known;
        }
        if (one.kind != ProfileKind::kLocal) return;
        complain(kind == entries.end() ? entry.key_begin : kind->value.begin,
                 kind == entries.end() ? "the profile " + one.name + " has no kind"
                                       : "there is no kind of profile " + kind->value.text,
                 "Use slurm, ssh or kubernetes");
    }

    void readKey(const MapEntry& entry, Profile& one) {
        const unsigned kind = bitOf(one.kind);
        std::vector<std::string> names = {"kind"};
        for (const Key& key : keys()) {
            if ((key.kinds & kind) == 0) continue;
            if (key.name == entry.key) return readValue(key, entry, one);
            names.emplace_back(key.name);
        }
        const std::string near = config::nearest(entry.key, names);
        complain(entry.key_begin,
                 std::string("a profile of kind ") + profileKindName(one.kind) + " has no key " + entry.key,
                 near.empty() ? "See docs/launching.md" : "Did you mean " + near + "?");
    }

    void readValue(const Key& key, const MapEntry& entry, Profile& one) {
        const Node& value = entry.value;
        if (key.list) {
            const bool list = value.kind == NodeKind::kList;
            const std::vector<Node> items = list ? value.items : std::vector<Node>{value};
            for (const Node& item : items) {
                if (const std::optional<std::string> text = line(key, item)) key.list(one).push_back(*text);
            }
            return;
        }
        const std::optional<std::string> text = line(key, value);
        if (!text) return;
        if (key.text) {
            key.text(one) = *text;
            return;
        }
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
        if (error != std::errc{} || end != text->data() + text->size() || number < key.least ||
            number > kMostOfAnything) {
            return complain(value.begin,
                            std::string(key.name) + " is no whole number of at least " + std::to_string(key.least), "");
        }
        key.number(one) = number;
    }

    /// One line of text; a setup line or an option that holds a line break would be two.
    std::optional<std::string> line(const Key& key, const Node& node) {
        if (node.kind != NodeKind::kScalar || node.text.empty()) {
            complain(node.begin, std::string(key.name) + " has no value of one line", "");
            return std::nullopt;
        }
        if (node.text.find_first_of(std::string("\n\r\0", 3)) != std::string::npos) {
            complain(node.begin, std::string(key.name) + " holds a line break", "Give a list with one line an item");
            return std::nullopt;
        }
        return node.text;
    }

    void checkWhole(const MapEntry& entry, const Profile& one) {
        const auto need = [&](bool there, const char* key) {
            if (!there)
                complain(entry.key_begin, "the profile " + one.name + " has no " + key, std::string("Give ") + key);
        };
        if (one.kind == ProfileKind::kSsh) {
            need(!one.ssh.hosts.empty(), "hosts");
            need(!one.ssh.folder.empty(), "folder");
            if (!one.ssh.folder.empty() && one.ssh.folder.front() != '/')
                complain(entry.key_begin, "folder is no absolute path: " + one.ssh.folder, "Start it with /");
            if (one.ssh.starter != "own" && one.ssh.starter != "torchrun")
                complain(entry.key_begin, "there is no starter " + one.ssh.starter, "Use own or torchrun");
            for (const std::string& host : one.ssh.hosts) {
                // ssh takes a word that starts so for an option.
                if (host.front() == '-') complain(entry.key_begin, "no host is called " + host, "");
            }
        }
        if (one.kind == ProfileKind::kKubernetes) {
            need(!one.kubernetes.image.empty(), "image");
            need(!one.kubernetes.claim.empty(), "claim");
        }
        for (const std::string& option : one.slurm.sbatch) {
            if (!option.starts_with("-"))
                complain(entry.key_begin, "no option of sbatch: " + option, "Give it as --name=value");
        }
    }

    std::string_view text_;
    const std::string& file_;
    config::LineIndex lines_;
    std::string problems_;
};

}  // namespace

std::vector<Profile> parseProfiles(std::string_view text, const std::string& file) {
    return Reader(text, file).read();
}

}  // namespace switchyard::launch
