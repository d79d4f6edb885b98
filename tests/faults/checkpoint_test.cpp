// SPDX-License-Identifier: MIT
// Damaged and forged checkpoints: every one is found, the file is named, the exit code is 83.
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QtTest>
#include <cstring>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/base/io/sha256.h"
#include "faults/faulty_run.h"

using namespace switchyard::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

const char* const kShard = "model.r001-of-002.safetensors";

QByteArray readAll(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}
bool writeAll(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}
void copyFolder(const QString& from, const QString& to) {
    fs::remove_all(to.toStdString());
    fs::copy(from.toStdString(), to.toStdString(), fs::copy_options::recursive);
}

/// A file's bytes as header and tensors.
struct Tensors {
    json header;
    QByteArray data;
    explicit Tensors(const QByteArray& file) {
        quint64 length = 0;
        std::memcpy(&length, file.constData(), sizeof length);
        header = json::parse(file.mid(8, static_cast<qsizetype>(length)).toStdString());
        data = file.mid(8 + static_cast<qsizetype>(length));
    }
    QByteArray file() const { return fileOf(QByteArray::fromStdString(header.dump()), data); }
    static QByteArray fileOf(const QByteArray& header, const QByteArray& data) {
        const auto length = static_cast<quint64>(header.size());
        return QByteArray(reinterpret_cast<const char*>(&length), 8) + header + data;
    }
    /// The tensor that begins at byte 0, and the one after it.
    json& at(qint64 begin) {
        for (auto& [name, entry] : header.items()) {
            if (entry["data_offsets"][0] == begin && entry["data_offsets"][1] != begin) return entry;
        }
        throw std::runtime_error("no tensor there");
    }
};

using Forge = std::function<QByteArray(const QByteArray&)>;
/// Changes of a shard that only its contents tell of, as the manifest gets its new size and hash.
std::vector<std::pair<const char*, Forge>> forgeries() {
    return {
        {"overlap",
         [](const QByteArray& file) {
             Tensors tensors(file);
             const qint64 end = tensors.at(0)["data_offsets"][1];
             json& next = tensors.at(end);
             const qint64 size = next["data_offsets"][1].get<qint64>() - end;
             next["data_offsets"] = {end - 4, end - 4 + size};
             return tensors.file();
         }},
        {"hole",
         [](const QByteArray& file) {
             Tensors tensors(file);
             for (auto& [name, entry] : tensors.header.items()) {
                 if (name == "__metadata__" || entry["data_offsets"][0] == 0) continue;
                 entry["data_offsets"] = {entry["data_offsets"][0].get<qint64>() + 8,
                                          entry["data_offsets"][1].get<qint64>() + 8};
             }
             tensors.data.append(8, '\0');
             return tensors.file();
         }},
        {"overflow",
         [](const QByteArray& file) {
             Tensors tensors(file);
             tensors.at(0)["shape"] = {4294967296, 4294967296};
             return tensors.file();
         }},
        {"duplicate key",
         [](const QByteArray& file) {
             const Tensors tensors(file);
             std::string header = tensors.header.dump();
             const std::string first = header.substr(1, header.find('}'));  // "name":{...}
             return Tensors::fileOf(QByteArray::fromStdString("{" + first + "," + header.substr(1)), tensors.data);
         }},
        {"header of 2^63 bytes",
         [](const QByteArray& file) {
             const quint64 length = 1ULL << 63;
             return QByteArray(reinterpret_cast<const char*>(&length), 8) + file.mid(8);
         }},
        {"a pickle",
         [](const QByteArray&) {
             return QByteArray(
                 "\x80\x02}q\x00X\x01\x00\x00\x00"
                 "aq\x01K\x01s.",
                 19);
         }},
        {"another tensor's name",
         [](const QByteArray& file) {
             Tensors tensors(file);
             tensors.header["new"] = tensors.header.begin().value();
             tensors.header.erase(tensors.header.begin());
             return tensors.file();
         }},
    };
}

}  // namespace

class CheckpointFaultsTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;
    QString run() const { return temp_.filePath("run"); }
    QString good() const { return run() + "/checkpoints/step-00000004"; }
    /// All but the note that `ckpt verify --deep` leaves, which is no part of the checkpoint: damaged, it tells nothing.
    QStringList filesOfGood() const {
        QStringList names = QDir(good()).entryList(QDir::Files);
        names.removeAll("verified.json");
        return names;
    }
    QString broken() const { return temp_.filePath("broken"); }

    /// A fresh copy to damage.
    QString file(const char* name) const { return broken() + "/" + name; }

    /// The manifest of the copy, changed and committed again.
    void recommit(const std::function<void(json&)>& change) const {
        json manifest = json::parse(readAll(file("manifest.json")).toStdString());
        change(manifest);
        const std::string text = manifest.dump(1) + "\n";
        QVERIFY(writeAll(file("manifest.json"), QByteArray::fromStdString(text)));
        QVERIFY(writeAll(file("COMMIT"),
                         QByteArray::fromStdString(switchyard::io::sha256(text.data(), text.size())) + "\n"));
    }
    void requireFound(const QString& named, const QString& what) const {
        const Outcome outcome = cli({"ckpt", "verify", broken(), "--deep", "--json"});
        QVERIFY2(outcome.code == 83,
                 qPrintable(what + ": " + QString::number(outcome.code) + outcome.out + outcome.err));
        QVERIFY(!outcome.json()["ok"].toBool());
        const QJsonArray problems = outcome.json()["problems"].toArray();
        const bool told = std::any_of(problems.begin(), problems.end(),
                                      [&](const QJsonValue& p) { return p.toString().contains(named); });
        QVERIFY2(told, qPrintable(what + ": " + outcome.out));
    }

private Q_SLOTS:
    void initTestCase() {
        const Outcome trained = cli(tinyRun(run(), 2, {"train.steps=4", "checkpoint.every=2", "checkpoint.keep=2"}));
        QVERIFY2(trained.code == 0, trained.err);
        QVERIFY(deepCheck(good())["ok"].toBool());
    }
    void init() { copyFolder(good(), broken()); }

    /// 10,000 bits, 1,000 manifests that were committed damaged, and every shorter header: under ASan and UBSan, in two
    /// parts beside each other.
    void byTheThousand() {
        constexpr int kParts = 2, kFlips = 5000;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("UBSAN_OPTIONS", "halt_on_error=1:print_stacktrace=1");
        const quint32 seed = QRandomGenerator::global()->generate();
        QProcess parts[kParts];
        for (int i = 0; i < kParts; ++i) {
            const QString copy = temp_.filePath(QString("part-%1").arg(i));
            copyFolder(good(), copy);
            parts[i].setProcessEnvironment(environment);
            parts[i].start(QStringLiteral(SWITCHYARD_BUILD_DIR "/tests/checkpoint_damage"),
                           {copy, QString::number(kFlips), QString::number(seed + static_cast<quint32>(i))});
        }
        for (QProcess& part : parts) {
            QVERIFY(part.waitForFinished(1'600'000));
            const QByteArray out = part.readAllStandardOutput();
            qInfo("seed %u: %s", seed, out.trimmed().constData());
            QVERIFY2(part.exitStatus() == QProcess::NormalExit && part.exitCode() == 0, part.readAllStandardError());
            const QJsonObject done = QJsonDocument::fromJson(out).object();
            QCOMPARE(done["found"].toInt(), kFlips);
            QVERIFY(done["cuts"].toInt() > 4000 && done["committed_refused"].toInt() > 250);
        }
    }

    /// The same through the program, for a sample of the places.
    void flippedBits() {
        QRandomGenerator random(7);
        for (const QString& name : filesOfGood()) {
            const QByteArray whole = readAll(good() + "/" + name);
            for (int i = 0; i < 4; ++i) {
                QByteArray changed = whole;
                const auto at = static_cast<qsizetype>(random.bounded(static_cast<quint32>(whole.size())));
                changed[at] = static_cast<char>(changed[at] ^ (1 << random.bounded(8)));
                QVERIFY(writeAll(broken() + "/" + name, changed));
                requireFound(name == "COMMIT" ? "manifest.json" : name, name + " byte " + QString::number(at));
                if (QTest::currentTestFailed()) return;
            }
            QVERIFY(writeAll(broken() + "/" + name, whole));
        }
    }

    void cutAndMissingFiles() {
        for (const QString& name : filesOfGood()) {
            const QByteArray whole = readAll(good() + "/" + name);
            for (const qsizetype size : {qsizetype{0}, qsizetype{7}, whole.size() / 2, whole.size() - 1}) {
                if (name == "COMMIT" && size == whole.size() - 1) continue;  // its line end says nothing
                QVERIFY(writeAll(broken() + "/" + name, whole.left(size)));
                requireFound(name == "COMMIT" ? "manifest.json" : name, name + " cut to " + QString::number(size));
                if (QTest::currentTestFailed()) return;
            }
            QVERIFY(QFile::remove(broken() + "/" + name));
            requireFound(name, name + " is missing");
            if (QTest::currentTestFailed()) return;
            QVERIFY(writeAll(broken() + "/" + name, whole));
        }
    }

    void forgedShards_data() {
        QTest::addColumn<int>("index");
        const auto all = forgeries();
        for (std::size_t i = 0; i < all.size(); ++i) QTest::newRow(all[i].first) << static_cast<int>(i);
    }
    void forgedShards() {
        QFETCH(int, index);
        const QByteArray forged = forgeries()[static_cast<std::size_t>(index)].second(readAll(file(kShard)));
        QVERIFY(writeAll(file(kShard), forged));
        recommit([&](json& manifest) {
            for (json& entry : manifest["files"]) {
                if (entry["name"] != kShard) continue;
                entry["bytes"] = forged.size();
                entry["sha256"] = switchyard::io::sha256(forged.constData(), static_cast<std::size_t>(forged.size()));
            }
        });
        requireFound(kShard, QTest::currentDataTag());
    }

    void shardsOfTwoSteps() {
        QVERIFY(QFile::remove(file(kShard)) &&
                QFile::copy(run() + "/checkpoints/step-00000002/" + kShard, file(kShard)));
        requireFound(kShard, "two steps");
    }

    void namesThatLeadOut() {
        for (const char* name : {"../run/config.yaml", "/etc/passwd", "..", "a/b"}) {
            copyFolder(good(), broken());
            recommit([&](json& manifest) {
                manifest["files"][0]["name"] = name;
                for (json& tensor : manifest["tensors"]) tensor["file"] = name;
            });
            requireFound("manifest.json", name);
        }
        // A link under a plain name is no way out either.
        copyFolder(good(), broken());
        QVERIFY(QFile::remove(file(kShard)) && QFile::link(good() + "/" + kShard, file(kShard)));
        requireFound(kShard, "a link");
    }

    /// Whoever wants to use such a checkpoint is told the same.
    void nobodyUsesIt() {
        QByteArray changed = readAll(file(kShard));
        changed[changed.size() - 3] = static_cast<char>(changed[changed.size() - 3] ^ 4);
        QVERIFY(writeAll(file(kShard), changed));
        const QString run_dir = temp_.filePath("resumed");
        QStringList resume = tinyRun(run_dir, 2);
        resume[resume.indexOf("auto")] = broken();
        for (const QStringList& words :
             {resume,
              {"eval", "--checkpoint", broken(), "--task", "retrieval", "--data", "none.jsonl", "--json"},
              {"ckpt", "export", broken(), "--out", temp_.filePath("out")}}) {
            const Outcome outcome = cli(words);
            QVERIFY2(outcome.code == 83, qPrintable(words[0] + ": " + QString::number(outcome.code) + outcome.err));
            QVERIFY2(outcome.err.contains(kShard), outcome.err);
            QCOMPARE(outcome.errorLines().size(), 1);
        }
        QVERIFY(checkpointsOf(run_dir).isEmpty());
    }
};

QTEST_GUILESS_MAIN(CheckpointFaultsTest)
#include "checkpoint_test.moc"
