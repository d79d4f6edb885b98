// SPDX-License-Identifier: MIT
// SHA-256 by our own instructions against OpenSSL's and the standard's examples; one stream and two.
#include "core/base/io/sha256.h"

#include <openssl/evp.h>

#include <QtTest>
#include <random>
#include <vector>

#include "core/base/io/sha256_blocks.h"

namespace io = switchyard::io;

namespace {

std::string reference(const std::vector<std::uint8_t>& bytes) {
    unsigned char digest[32];
    EVP_Digest(bytes.data(), bytes.size(), digest, nullptr, EVP_sha256(), nullptr);
    return QByteArray(reinterpret_cast<const char*>(digest), 32).toHex().toStdString();
}

std::vector<std::uint8_t> randomBytes(std::size_t count, std::mt19937* generator) {
    std::vector<std::uint8_t> bytes(count);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>((*generator)());
    return bytes;
}

}  // namespace

class Sha256Test : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// FIPS 180-4's examples, as the standard's authors publish them.
    void publishedExamples() {
        QCOMPARE(io::sha256("abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        const std::string two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        QCOMPARE(io::sha256(two_blocks.data(), two_blocks.size()),
                 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
        QCOMPARE(io::sha256("", 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    /// Every length around several blocks, whole and in random parts.
    void everyLength() {
        std::mt19937 generator(1);
        for (std::size_t length = 0; length < 400; ++length) {
            const std::vector<std::uint8_t> bytes = randomBytes(length, &generator);
            QCOMPARE(io::sha256(bytes.data(), length), reference(bytes));
            io::Sha256 parts;
            for (std::size_t at = 0; at < length;) {
                const std::size_t part = std::min<std::size_t>(length - at, generator() % 130);
                parts.update(bytes.data() + at, part);
                at += part;
            }
            QCOMPARE(parts.hex(), reference(bytes));
        }
    }

    /// Two streams: each as if it were alone, whatever came before and comes after.
    void twoStreams() {
        std::mt19937 generator(2);
        for (int round = 0; round < 300; ++round) {
            // Once in a while at the start of a block, as files are hashed.
            const std::size_t before_a = round % 3 == 0 ? 0 : generator() % 200,
                              before_b = round % 3 == 1 ? generator() % 200 : 64 * (generator() % 4),
                              both = round % 2 == 0 ? 64 * (generator() % 50) : generator() % 3000,
                              after = generator() % 200;
            const std::vector<std::uint8_t> a = randomBytes(before_a + both + after, &generator),
                                            b = randomBytes(before_b + both, &generator);
            io::Sha256 first, second;
            first.update(a.data(), before_a);
            second.update(b.data(), before_b);
            io::Sha256::updateBoth(first, a.data() + before_a, second, b.data() + before_b, both);
            first.update(a.data() + before_a + both, after);
            QCOMPARE(first.hex(), reference(a));
            QCOMPARE(second.hex(), reference(b));
        }
    }

    /// A length of more than 32 bits of bits.
    void longerThanFourGibibits() {
        const std::vector<std::uint8_t> bytes(std::size_t{600} << 20, 7);
        QCOMPARE(io::sha256(bytes.data(), bytes.size()), reference(bytes));
    }

    /// The instructions are there wherever the kernel says so.
    void instructionsAreFound() {
        QFile file("/proc/cpuinfo");
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        if (!text.contains("flags")) QSKIP("the kernel names no x86 flags");
        QCOMPARE(io::hasShaInstructions(), text.contains(" sha_ni"));
    }
};

QTEST_APPLESS_MAIN(Sha256Test)
#include "sha256_test.moc"
