// SPDX-License-Identifier: MIT
#include "core/base/io/sha256.h"

#include <fcntl.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include "core/base/io/file_descriptor.h"
#include "core/base/io/sha256_blocks.h"
#include "core/base/util/error.h"

namespace switchyard::io {

namespace {

constexpr ShaState kStart = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,  // FIPS 180-4, 5.3.3
                             0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/// OpenSSL's, for processors without the instructions.
class OpenSslSha256 {
public:
    OpenSslSha256() : context_(EVP_MD_CTX_new()) {
        if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1)
            throw Error(ExitCode::kRunFailed, "OpenSSL could not start a SHA-256");
    }
    void update(const void* data, std::size_t bytes) {
        if (EVP_DigestUpdate(context_.get(), data, bytes) != 1)
            throw Error(ExitCode::kRunFailed, "OpenSSL could not go on with a SHA-256");
    }
    std::array<std::uint8_t, 32> digest() {
        std::array<std::uint8_t, 32> digest{};
        if (EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) != 1)
            throw Error(ExitCode::kRunFailed, "OpenSSL could not finish a SHA-256");
        return digest;
    }

private:
    struct Freed {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, Freed> context_;
};

}  // namespace

struct Sha256::Impl {
    std::optional<OpenSslSha256> openssl;
    ShaState state = kStart;
    std::array<std::uint8_t, kShaBlock> begun{};  ///< a block that is not full yet
    std::uint64_t total = 0;                      ///< bytes

    Impl() {
        if (!hasShaInstructions()) openssl.emplace();
    }
    std::size_t inBegun() const { return total % kShaBlock; }

    void update(const std::uint8_t* data, std::size_t bytes) {
        if (openssl) {
            openssl->update(data, bytes);
            return;
        }
        if (const std::size_t has = inBegun(); has != 0) {
            const std::size_t part = std::min(bytes, kShaBlock - has);
            std::memcpy(begun.data() + has, data, part);
            total += part;
            data += part;
            bytes -= part;
            if (has + part == kShaBlock) hashBlocks(state, begun.data(), 1);
        }
        const std::size_t blocks = bytes / kShaBlock, rest = bytes % kShaBlock;
        if (blocks > 0) hashBlocks(state, data, blocks);
        if (rest > 0) std::memcpy(begun.data(), data + blocks * kShaBlock, rest);
        total += bytes;
    }

    /// FIPS 180-4, 5.1.1: a one bit, zeros, and the length in bits as the last eight bytes of a block.
    std::array<std::uint8_t, 32> digest() {
        if (openssl) return openssl->digest();
        const std::uint64_t bits = 8 * total;
        std::array<std::uint8_t, 2 * kShaBlock> end{0x80};
        const std::size_t zeros = (2 * kShaBlock - 9 - inBegun()) % kShaBlock, length_at = 1 + zeros;
        for (std::size_t i = 0; i < 8; ++i) end[length_at + i] = static_cast<std::uint8_t>(bits >> (56 - 8 * i));
        update(end.data(), length_at + 8);
        std::array<std::uint8_t, 32> digest{};
        for (std::size_t i = 0; i < digest.size(); ++i)
            digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
        return digest;
    }
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {}
Sha256::~Sha256() = default;

void Sha256::update(const void* data, std::size_t bytes) {
    impl_->update(static_cast<const std::uint8_t*>(data), bytes);
}

void Sha256::updateBoth(Sha256& a, const void* of_a, Sha256& b, const void* of_b, std::size_t bytes) {
    Impl &first = *a.impl_, &second = *b.impl_;
    if (first.openssl || first.inBegun() != 0 || second.inBegun() != 0 || bytes % kShaBlock != 0) {
        a.update(of_a, bytes);
        b.update(of_b, bytes);
        return;
    }
    hashBlocks(first.state, static_cast<const std::uint8_t*>(of_a), second.state,
               static_cast<const std::uint8_t*>(of_b), bytes / kShaBlock);
    first.total += bytes;
    second.total += bytes;
}

std::string Sha256::hex() {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : impl_->digest()) {
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
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
