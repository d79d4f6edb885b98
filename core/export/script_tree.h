// SPDX-License-Identifier: MIT
// A TorchScript module built from named weights and source text: "text.norm.weight" is the parameter `weight` of the
// module `norm` of the module `text`, as PyTorch's state_dict names it.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace switchyard::script {

/// Thread: one thread.
class ScriptTree {
public:
    ScriptTree();
    ~ScriptTree();
    enum class Kind { kParameter, kBuffer };
    void add(const std::string& path, const at::Tensor& value, Kind kind);
    /// Compiles methods into the module at `path` ("" = the root). Its submodules' methods come before.
    /// Throws: Error(kRunFailed) with the compiler's words: the source is ours.
    void define(const std::string& path, const std::string& source);
    /// Writes the module, whole or not at all. @param extra files kept in the archive (torch.jit.load's _extra_files)
    /// Throws: Error(kIo).
    void save(const std::filesystem::path& file, const std::map<std::string, std::string>& extra) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace switchyard::script
