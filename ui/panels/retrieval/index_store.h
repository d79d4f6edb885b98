// SPDX-License-Identifier: GPL-3.0-or-later
// The search index of one checkpoint and one data file: whether it is there and right, and building it.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>

#include "ui/services/failure.h"
#include "ui/services/inference_client.h"

namespace switchyard::ui {

enum class IndexState {
    kNothing,     ///< no checkpoint is chosen
    kChecking,    ///< files are being looked at
    kNoData,      ///< the data file is not there
    kMissing,     ///< not built yet
    kOtherModel,  ///< made with other weights than the checkpoint's
    kReady,
    kBuilding,
};

struct IndexFacts {
    qint64 pictures = 0, captions = 0, dim = 0, bytes = 0;
    bool data_changed = false;  ///< the data is newer than the index
    bool graph = false;         ///< searched by a graph, not exactly
    qint64 skipped = 0;         ///< pictures that could not be read
    qint64 begun = 0;           ///< samples that a build which was stopped has embedded
};

struct IndexProgress {
    qint64 done = 0, total = 0;                ///< 0 of 0 while the model is loaded
    bool graph = false;                        ///< pictures are embedded, their graph is made
    double per_second = 0, seconds_left = -1;  ///< -1 = not known yet
};

/// Indexes lie in cacheHome()/indexes, one folder a (checkpoint, data file); one of the same weights and data that
/// `switchyard index` wrote beside them serves as well. Files are looked at in a worker thread,
/// building is the inference worker's. Thread: GUI thread; nothing here waits.
class IndexStore : public QObject {
    Q_OBJECT
public:
    explicit IndexStore(InferenceClient& inference, QObject* parent = nullptr);
    ~IndexStore() override;

    /// Other checkpoint or data: a build that is going on is cancelled.
    void setSource(const QString& checkpoint, const QString& data);
    const QString& checkpoint() const { return checkpoint_; }
    const QString& data() const { return data_; }
    QString dataName() const;  ///< "demo/train.jsonl"
    /// How the next index is searched: "auto" (exactly up to a million vectors), "exact" or "graph".
    void setMethod(const QString& method) { method_ = method; }
    void build();
    void cancelBuild();
    /// Looks at the files again.
    void check();

    IndexState state() const { return state_; }
    bool searchable() const { return state_ == IndexState::kReady; }
    QString folder() const { return folder_; }
    const IndexFacts& facts() const { return facts_; }  ///< of an index that is there, also while it is built anew
    const IndexProgress& progress() const { return progress_; }

    /// Where the index of a checkpoint and a data file lies.
    static QString folderOf(const QString& checkpoint, const QString& data);

Q_SIGNALS:
    void stateChanged();
    void progressChanged();
    void built(double seconds);
    void failed(const switchyard::ui::Failure& failure);

private:
    void setState(IndexState state);
    void takeProgress(qint64 done, qint64 total, const QString& what);

    InferenceClient& inference_;
    QString checkpoint_, data_, folder_, method_ = QStringLiteral("auto");
    IndexState state_ = IndexState::kNothing;
    IndexFacts facts_;
    IndexProgress progress_;
    QElapsedTimer build_time_, shown_;
    qint64 request_ = 0, first_done_ = 0, first_ms_ = 0;
    quint64 check_ = 0;
};

}  // namespace switchyard::ui
