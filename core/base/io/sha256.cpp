// SPDX-License-Identifier: MIT
#include "core/base/io/sha256.h"

#include <fcntl.h>
#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "core/base/io/file_descriptor.h"
#include "core/base/util/error.h"

namespace switchyard::io {

struct Sha256::Impl {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ~Impl() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {
    if (impl_->context == nullptr || EVP_DigestInit_ex(impl_->context, EVP_sha256(), nullptr) != 1) {
        throw Error(ExitCode::kRunFailed, "OpenSSL could not start a SHA-256");
    }
}

Sha256::~Sha256() = default;

void Sha256::update(const void* data, std::size_t bytes) {
    if (EVP_DigestUpdate(impl_->context, data, bytes) != 1) {
        throw Error(ExitCode::kRunFailed, "OpenSSL could not go on with a SHA-256");
    }
}

std::string Sha256::hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_DigestFinal_ex(impl_->context, digest.data(), &size) != 1) {
        throw Error(ExitCode::kRunFailed, "OpenSSL could not finish a SHA-256");
    }
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    text.reserve(2 * static_cast<std::size_t>(size));
    for (unsigned int i = 0; i < size; ++i) {
        text += kDigits[digest[i] >> 4];
        text += kDigits[digest[i] & 15];
    }
    return text;
}

std::string sha256(const void* data, std::size_t bytes) {
    Sha256 hash;
    hash.update(data, bytes);
    return hash.hex();
}

std::string sha256File(const std::string& file) {
    const FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) throw Error(ExitCode::kIo, std::string("Could not open the file: ") + std::strerror(errno), file);
    Sha256 hash;
    std::vector<char> buffer(1U << 20);
    for (;;) {
        const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
        if (got == 0) return hash.hex();
        if (got > 0) {
            hash.update(buffer.data(), static_cast<std::size_t>(got));
        } else if (errno != EINTR) {
            throw Error(ExitCode::kIo, std::string("Could not read the file: ") + std::strerror(errno), file);
        }
    }
}

}  // namespace switchyard::io
