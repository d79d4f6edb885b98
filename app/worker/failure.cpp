// SPDX-License-Identifier: MIT
#include "app/worker/failure.h"

#include <c10/util/Exception.h>

#include <filesystem>
#include <new>

namespace switchyard::worker {
namespace {

Error outOfMemory(const std::string& where) {
    return Error(ExitCode::kOutOfMemory, "Memory ran out", where, "Lower train.micro_batch or the model's sizes");
}

std::string firstLine(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

}  // namespace

Error currentError(const std::string& where) {
    try {
        throw;
    } catch (const Error& error) {
        return error.where().empty() ? Error(error.code(), error.message(), where, error.fix()) : error;
    } catch (const std::bad_alloc&) {
        return outOfMemory(where);
    } catch (const c10::OutOfMemoryError&) {
        return outOfMemory(where);
    } catch (const c10::Error& error) {
        // The CPU allocator throws a plain c10::Error.
        const std::string text = error.what_without_backtrace();
        if (text.find("not enough memory") != std::string::npos ||
            text.find("can't allocate memory") != std::string::npos) {
            return outOfMemory(where);
        }
        return Error(ExitCode::kRunFailed, "LibTorch: " + firstLine(text), where);
    } catch (const std::filesystem::filesystem_error& error) {
        return Error(ExitCode::kIo, error.what(), where);
    } catch (const std::exception& error) {
        return Error(ExitCode::kRunFailed, firstLine(error.what()), where);
    } catch (...) {
        return Error(ExitCode::kRunFailed, "Unknown failure", where);
    }
}

std::string unexpectedText() {
    try {
        throw;
    } catch (const Error&) {
        return {};
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "something that is no std::exception";
    }
}

nlohmann::json errorJson(const Error& error) {
    return {{"code", static_cast<int>(error.code())},
            {"name", exitCodeName(error.code())},
            {"message", error.message()},
            {"where", error.where()},
            {"fix", error.fix()}};
}

}  // namespace switchyard::worker
