// SPDX-License-Identifier: MIT
#include "core/base/launch/profiles/pytorch_job.h"

#include <openssl/evp.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/io/safe_file.h"
#include "core/base/launch/profiles/command.h"
#include "core/base/launch/profiles/rank_words.h"
#include "core/base/util/error.h"

namespace switchyard::launch {
namespace {

using json = nlohmann::ordered_json;

constexpr std::uint64_t kConfigMapBytes = 1 << 20;
constexpr std::size_t kLongestName = 50;  ///< the operator makes pod names of it, which have at most 63 letters

/// Block YAML of a tree; texts in double quotes as JSON has them, which YAML reads the same.
void write(const json& value, int depth, std::string* out) {
    const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
    const auto child = [&](const json& below) {
        if (below.is_structured() && !below.empty()) {
            *out += "\n";
            write(below, depth + 1, out);
        } else {
            *out += " " + below.dump() + "\n";
        }
    };
    if (value.is_object()) {
        for (const auto& [key, below] : value.items()) {
            *out += indent + key + ":";
            child(below);
        }
        return;
    }
    for (const json& item : value) {
        *out += indent + "-";
        child(item);
    }
}

std::string base64(const std::string& bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int count =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(count));
    return text;
}

/// A name that Kubernetes takes: small letters, digits and -, beginning with a letter.
std::string objectName(const std::string& run) {
    std::string name;
    for (const char c : run) {
        const auto letter = static_cast<unsigned char>(c);
        name += std::isalnum(letter) != 0 && letter < 128 ? static_cast<char>(std::tolower(letter)) : '-';
    }
    if (name.empty() || std::isalpha(static_cast<unsigned char>(name.front())) == 0) name.insert(0, "run-");
    name.resize(std::min(name.size(), kLongestName));
    while (name.back() == '-') name.pop_back();
    return name;
}

json preparedFiles(const runs::RunPaths& paths) {
    json data = json::object();
    std::uint64_t bytes = 0;
    for (const std::filesystem::path& file :
         {paths.config(), paths.resolvedConfig(), paths.tokenizer(), paths.labels()}) {
        if (!std::filesystem::exists(file)) continue;
        const std::string text = base64(io::readText(file, kConfigMapBytes));
        bytes += text.size();
        data[file.filename().string()] = text;
    }
    if (bytes > kConfigMapBytes) {
        throw Error(ExitCode::kBadConfig,
                    "configuration and tokenizer are larger than the 1 MiB that a ConfigMap holds", paths.dir.string(),
                    "Use a smaller vocabulary, or put the run folder on the volume and start it with torchrun there");
    }
    return data;
}

/// Every replica puts the files in their place, each by a rename, so that it does not matter who is first.
std::string script(const Profile& profile, const PreparedRun& run, const std::string& run_dir) {
    std::string text = "set -e\ncd -- \"$(mkdir -p " + shellQuoted(run_dir) + "/logs " + shellQuoted(run_dir) +
                       "/checkpoints " + shellQuoted(run_dir) + "/tb && echo " + shellQuoted(run_dir) +
                       ")\"\n"
                       "for file in /prepared/*; do\n  name=${file##*/}\n  cp \"$file\" \".$name.$HOSTNAME\" && mv "
                       "\".$name.$HOSTNAME\" \"$name\"\ndone\n";
    text += "set +e\n" + setupLines(profile) + "export SWITCHYARD_BIND=auto\n" +
            environmentLine(profile, run, "${OMP_NUM_THREADS:-1}");
    const std::string worker = workerLine(profile, run_dir, run);
    // torchrun takes its place among the replicas from the operator's PET_ variables.
    return text + "exec " + (profile.kubernetes.ranks_per_replica > 1 ? "torchrun --no-python " : "") + worker + "\n";
}

json replica(const Profile& profile, const PreparedRun& run, const std::string& name, const std::string& run_dir,
             std::int64_t count) {
    const KubernetesSettings& k = profile.kubernetes;
    json limits = json::object();
    if (!k.cpu.empty()) limits["cpu"] = k.cpu;
    if (!k.memory.empty()) limits["memory"] = k.memory;
    if (k.gpus > 0) limits["nvidia.com/gpu"] = std::to_string(k.gpus);
    json container = {{"name", "pytorch"},  // the operator looks for this name
                      {"image", k.image},
                      {"command", {"/bin/sh", "-c", script(profile, run, run_dir)}}};
    if (!limits.empty()) container["resources"] = {{"requests", limits}, {"limits", limits}};
    container["volumeMounts"] = json::array({{{"name", "runs"}, {"mountPath", k.mount}},
                                             {{"name", "prepared"}, {"mountPath", "/prepared"}, {"readOnly", true}},
                                             {{"name", "shm"}, {"mountPath", "/dev/shm"}}});
    const json volumes = json::array({{{"name", "runs"}, {"persistentVolumeClaim", {{"claimName", k.claim}}}},
                                      {{"name", "prepared"}, {"configMap", {{"name", name}}}},
                                      {{"name", "shm"}, {"emptyDir", {{"medium", "Memory"}}}}});
    return {{"replicas", count},
            {"restartPolicy", "Never"},
            {"template", {{"spec", {{"containers", json::array({container})}, {"volumes", volumes}}}}}};
}

}  // namespace

std::string pytorchJobManifest(const Profile& profile, const PreparedRun& run) {
    const KubernetesSettings& k = profile.kubernetes;
    const std::string name = objectName(run.paths.dir.filename().string());
    const std::string run_dir = k.mount + "/" + run.paths.dir.filename().string();
    const json metadata = {
        {"name", name}, {"namespace", k.name_space}, {"labels", {{"app.kubernetes.io/name", "switchyard"}}}};
    const json files = {
        {"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", metadata}, {"binaryData", preparedFiles(run.paths)}};
    json replicas = {{"Master", replica(profile, run, name, run_dir, 1)}};
    if (k.replicas > 1) replicas["Worker"] = replica(profile, run, name, run_dir, k.replicas - 1);
    json spec = {{"runPolicy", {{"cleanPodPolicy", "Running"}, {"backoffLimit", 0}}},
                 {"pytorchReplicaSpecs", replicas}};
    if (k.ranks_per_replica > 1) spec["nprocPerNode"] = std::to_string(k.ranks_per_replica);
    const json job = {
        {"apiVersion", "kubeflow.org/v1"}, {"kind", "PyTorchJob"}, {"metadata", metadata}, {"spec", spec}};
    std::string text = "# Written by switchyard: kubectl apply -f FILE; the run folder is " + run_dir +
                       " on the volume " + k.claim + "\n";
    write(files, 0, &text);
    text += "---\n";
    write(job, 0, &text);
    return text;
}

}  // namespace switchyard::launch
