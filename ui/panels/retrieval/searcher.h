// SPDX-License-Identifier: GPL-3.0-or-later
// One search at a time by the inference worker; a new one takes the place of the old.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include "ui/models/retrieval_result.h"
#include "ui/services/failure.h"
#include "ui/services/inference_client.h"

namespace switchyard::ui {

struct SearchOptions {
    QString index, checkpoint;  ///< folders
    int count = 12;
    bool rerank = false;
    bool fold = true;  ///< pictures alike count as one hit
};

/// Thread: GUI thread.
class Searcher : public QObject {
    Q_OBJECT
public:
    explicit Searcher(InferenceClient& inference, QObject* parent = nullptr);
    void search(const RetrievalQuery& query, const SearchOptions& options);
    /// The old result stays; nothing is told.
    void cancel();
    bool running() const { return request_ != 0; }

Q_SIGNALS:
    void slow(bool slow);  ///< true 200 ms after the start, false at the end
    void found(const switchyard::ui::RetrievalResult& result);
    void failed(const switchyard::ui::Failure& failure);

private:
    void end();

    InferenceClient& inference_;
    QTimer slow_;
    QElapsedTimer time_;
    qint64 request_ = 0;
    bool told_slow_ = false;
};

}  // namespace switchyard::ui
