// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/retrieval/index_store.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <algorithm>
#include <filesystem>

#include "core/base/io/safe_file.h"
#include "core/base/io/sha256.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "ui/models/background.h"

namespace switchyard::ui {
namespace {

constexpr int kShowEveryMs = 100;
constexpr std::uint64_t kLargestInfo = 1 << 20;

struct Finding {
    IndexState state = IndexState::kMissing;
    IndexFacts facts;
    QString folder;
};

/// What the worker takes a checkpoint's weights to be: the hash of its manifest, or of the exported file.
QString identityOf(const QString& checkpoint) {
    for (const char* name : {"model.safetensors", "manifest.json"}) {
        const QString file = QDir(checkpoint).filePath(QLatin1String(name));
        if (!QFileInfo::exists(file)) continue;
        try {
            return QString::fromStdString(io::sha256File(file.toStdString()));
        } catch (const Error&) {
            return {};
        }
    }
    return {};
}

/// Samples that a build of the same weights and data has done before it was stopped.
qint64 begunOf(const QString& folder, const QString& checkpoint, const QString& data) {
    try {
        const auto text = io::readText((folder + QStringLiteral(".part/state.json")).toStdString(), kLargestInfo);
        const QJsonObject state = QJsonDocument::fromJson(QByteArray::fromStdString(text)).object();
        const QJsonObject key = state.value(QStringLiteral("key")).toObject();
        const bool same = key.value(QStringLiteral("data")).toString() == data &&
                          key.value(QStringLiteral("checkpoint_sha256")).toString() == identityOf(checkpoint);
        return same ? state.value(QStringLiteral("samples_done")).toInteger() : 0;
    } catch (const Error&) {
        return 0;
    }
}

/// Empty where there is none that this version reads: unreadable is as if it was not there.
QJsonObject infoOf(const QString& folder) {
    const QString file = QDir(folder).filePath(QStringLiteral("index.json"));
    if (!QFileInfo(file).isFile()) return {};
    try {
        const auto text = io::readText(file.toStdString(), kLargestInfo);
        const QJsonObject info = QJsonDocument::fromJson(QByteArray::fromStdString(text)).object();
        return info.value(QStringLiteral("format")).toInt() == 2 ? info : QJsonObject();
    } catch (const Error&) {
        return {};
    }
}

bool ofWeights(const QJsonObject& info, const QString& identity) {
    return !identity.isEmpty() && info.value(QStringLiteral("checkpoint_sha256")).toString() == identity;
}

/// An index of these weights and data which the command line made under a name of its own, or empty.
QString otherFolder(const QString& folder, const QString& identity, const QString& data) {
    const QDir parent = QFileInfo(folder).dir();
    for (const QFileInfo& entry : parent.entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Time)) {
        const QJsonObject info = infoOf(entry.filePath());
        if (ofWeights(info, identity) && info.value(QStringLiteral("data")).toString() == data) return entry.filePath();
    }
    return {};
}

Finding look(const QString& folder, const QString& checkpoint, const QString& data) {
    Finding finding;
    finding.folder = folder;
    finding.facts.begun = begunOf(folder, checkpoint, data);
    const QFileInfo data_file(data);
    const bool data_there = !data.isEmpty() && data_file.exists();
    const QString identity = identityOf(checkpoint);
    QJsonObject info = infoOf(folder);
    if (!ofWeights(info, identity)) {
        const QString other = otherFolder(folder, identity, data);
        if (!other.isEmpty()) {
            finding.folder = other;
            info = infoOf(other);
        }
    }
    if (info.isEmpty()) {
        finding.state = data_there ? IndexState::kMissing : IndexState::kNoData;
        return finding;
    }
    const auto number = [&info](const char* name) { return info.value(QLatin1String(name)).toInteger(); };
    finding.facts.pictures = number("pictures");
    finding.facts.captions = number("captions");
    finding.facts.dim = number("dim");
    finding.facts.bytes = number("bytes");
    finding.facts.skipped = number("skipped");
    finding.facts.graph = info.value(QStringLiteral("search")).toString() == QLatin1String("graph");
    const QFileInfo info_file(QDir(finding.folder).filePath(QStringLiteral("index.json")));
    finding.facts.data_changed = data_there && data_file.lastModified() > info_file.lastModified();
    finding.state = ofWeights(info, identity) ? IndexState::kReady : IndexState::kOtherModel;
    return finding;
}

}  // namespace

IndexStore::IndexStore(InferenceClient& inference, QObject* parent) : QObject(parent), inference_(inference) {}

IndexStore::~IndexStore() = default;

QString IndexStore::folderOf(const QString& checkpoint, const QString& data) {
    const QByteArray key = checkpoint.toUtf8() + '\n' + data.toUtf8();
    const QByteArray hash = QCryptographicHash::hash(key, QCryptographicHash::Sha256).toHex().left(16);
    return QString::fromStdString((cacheHome() / "indexes" / hash.toStdString()).string());
}

QString IndexStore::dataName() const {
    const QFileInfo file(data_);
    return data_.isEmpty() ? QString() : file.dir().dirName() + u'/' + file.fileName();
}

void IndexStore::setSource(const QString& checkpoint, const QString& data) {
    if (checkpoint == checkpoint_ && data == data_ && state_ != IndexState::kNothing) return;
    if (state_ == IndexState::kBuilding) inference_.cancel(request_);
    checkpoint_ = checkpoint;
    data_ = data;
    folder_ = folderOf(checkpoint, data);
    facts_ = {};
    setState(checkpoint.isEmpty() ? IndexState::kNothing : IndexState::kChecking);
    check();
}

void IndexStore::check() {
    const quint64 number = ++check_;
    if (checkpoint_.isEmpty()) return;
    inBackground(
        this, [checkpoint = checkpoint_, data = data_] { return look(folderOf(checkpoint, data), checkpoint, data); },
        [this, number](const Finding& finding) {
            if (number != check_ || state_ == IndexState::kBuilding) return;
            const bool other = facts_.begun != finding.facts.begun && state_ == finding.state;
            facts_ = finding.facts;
            folder_ = finding.folder;
            setState(finding.state);
            if (other) Q_EMIT stateChanged();
        });
}

void IndexStore::build() {
    if (state_ == IndexState::kBuilding || checkpoint_.isEmpty()) return;
    ++check_;
    folder_ = folderOf(checkpoint_, data_);  // one that the command line made stays as it is
    progress_ = {};
    first_done_ = 0;
    build_time_.start();
    shown_.invalidate();
    request_ = inference_.request(
        this,
        {{QStringLiteral("op"), QStringLiteral("index")},
         {QStringLiteral("checkpoint"), checkpoint_},
         {QStringLiteral("data"), data_},
         {QStringLiteral("search"), method_},
         {QStringLiteral("out"), folder_}},
        [this](const QJsonObject&) {
            setState(IndexState::kChecking);
            Q_EMIT built(static_cast<double>(build_time_.elapsed()) / 1000.0);
            check();
        },
        [this](const Failure& failure) {
            setState(IndexState::kChecking);
            Q_EMIT failed(failure);
            check();
        },
        [this](qint64 done, qint64 total, const QString& what) { takeProgress(done, total, what); });
    setState(IndexState::kBuilding);
}

void IndexStore::takeProgress(qint64 done, qint64 total, const QString& what) {
    const bool graph = what == QLatin1String("graph");
    const qint64 now = build_time_.elapsed();
    // The first report holds the time of loading the model: speed is counted from there.
    if (first_done_ == 0 || graph != progress_.graph) {
        first_done_ = done;
        first_ms_ = now;
        progress_.per_second = 0;
        progress_.seconds_left = -1;
    }
    progress_.done = done;
    progress_.total = total;
    progress_.graph = graph;
    if (done > first_done_ && now > first_ms_) {
        progress_.per_second = static_cast<double>(done - first_done_) * 1000.0 / static_cast<double>(now - first_ms_);
        progress_.seconds_left = static_cast<double>(total - done) / progress_.per_second;
    }
    if (shown_.isValid() && shown_.elapsed() < kShowEveryMs && done < total) return;
    shown_.start();
    Q_EMIT progressChanged();
}

void IndexStore::cancelBuild() {
    if (state_ != IndexState::kBuilding) return;
    inference_.cancel(request_);
    setState(IndexState::kChecking);
    check();
    // The worker puts what it has done on the disk before it answers anything else.
    inference_.request(
        this, {{QStringLiteral("op"), QStringLiteral("hello")}}, [this](const QJsonObject&) { check(); },
        [this](const Failure&) { check(); });
}

void IndexStore::setState(IndexState state) {
    if (state == state_ && state != IndexState::kReady) return;
    state_ = state;
    Q_EMIT stateChanged();
}

}  // namespace switchyard::ui
