// SPDX-License-Identifier: MIT
#include "core/export/script_tree.h"

#include <torch/csrc/jit/api/compilation_unit.h>
#include <torch/csrc/jit/api/module.h>

#include <algorithm>

#include "core/base/io/safe_file.h"
#include "core/base/util/error.h"

namespace switchyard::script {
namespace {

namespace fs = std::filesystem;

std::string firstLine(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

}  // namespace

struct ScriptTree::Impl {
    std::shared_ptr<torch::jit::CompilationUnit> unit = std::make_shared<torch::jit::CompilationUnit>();
    std::map<std::string, torch::jit::Module> modules;

    torch::jit::Module& at(const std::string& path) {
        const auto found = modules.find(path);
        if (found != modules.end()) return found->second;
        std::string name = path.empty() ? std::string("Model") : path;
        std::replace(name.begin(), name.end(), '.', '_');
        torch::jit::Module made(c10::QualifiedName(std::string("__torch__.switchyard.") + name), unit);
        // As every module of Python has it: .eval() and .train() set it.
        made.register_attribute("training", c10::BoolType::get(), false);
        if (!path.empty()) {
            const std::size_t dot = path.rfind('.');
            at(dot == std::string::npos ? std::string() : path.substr(0, dot))
                .register_module(path.substr(dot + 1), made);
        }
        return modules.emplace(path, std::move(made)).first->second;
    }
};

ScriptTree::ScriptTree() : impl_(std::make_unique<Impl>()) {
    impl_->at("");
}
ScriptTree::~ScriptTree() = default;

void ScriptTree::add(const std::string& path, const at::Tensor& value, Kind kind) {
    const std::size_t dot = path.rfind('.');
    torch::jit::Module& module = impl_->at(dot == std::string::npos ? std::string() : path.substr(0, dot));
    module.register_parameter(path.substr(dot + 1), value.detach().contiguous(), kind == Kind::kBuffer);
}

void ScriptTree::define(const std::string& path, const std::string& source) {
    try {
        impl_->at(path).define(source);
    } catch (const std::exception& error) {
        throw Error(ExitCode::kRunFailed, std::string("The TorchScript of ") +
                                              (path.empty() ? std::string("the model") : path) +
                                              " does not compile: " + error.what());
    }
}

void ScriptTree::save(const fs::path& file, const std::map<std::string, std::string>& extra) const {
    torch::jit::ExtraFilesMap files;
    for (const auto& [name, content] : extra) files[name] = content;
    const fs::path part = file.string() + ".part";
    std::error_code failed;
    try {
        impl_->modules.at("").save(part.string(), files);
    } catch (const std::exception& error) {
        fs::remove(part, failed);
        throw Error(ExitCode::kIo, std::string("The TorchScript can not be written: ") + firstLine(error.what()),
                    file.string());
    }
    io::syncPath(part);
    fs::rename(part, file, failed);
    if (failed)
        throw Error(ExitCode::kIo, std::string("The TorchScript can not be put in place: ") + failed.message(),
                    file.string());
}

}  // namespace switchyard::script
