// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/retrieval/searcher.h"

#include <QJsonArray>
#include <utility>

namespace switchyard::ui {
namespace {

constexpr int kSlowMs = 200;
/// Cosine of two embeddings from which on pictures are taken for nearly the same: copies, other sizes, other quality.
constexpr double kAlike = 0.995;

}  // namespace

Searcher::Searcher(InferenceClient& inference, QObject* parent) : QObject(parent), inference_(inference) {
    slow_.setSingleShot(true);
    slow_.setInterval(kSlowMs);
    connect(&slow_, &QTimer::timeout, this, [this] {
        told_slow_ = true;
        Q_EMIT slow(true);
    });
}

void Searcher::search(const RetrievalQuery& query, const SearchOptions& options) {
    if (running()) inference_.cancel(request_);
    QJsonObject request{{QStringLiteral("op"), QStringLiteral("retrieve")},
                        {QStringLiteral("index"), options.index},
                        {QStringLiteral("checkpoint"), options.checkpoint},
                        {QStringLiteral("k"), options.count},
                        {QStringLiteral("rerank"), options.rerank}};
    if (query.isJoined()) {
        const double share = query.image_percent / 100.0;
        request.insert(
            QStringLiteral("queries"),
            QJsonArray{QJsonObject{{QStringLiteral("text"), query.text}, {QStringLiteral("weight"), 1 - share}},
                       QJsonObject{{QStringLiteral("image"), query.image}, {QStringLiteral("weight"), share}}});
    } else {
        const bool image = query.hasImage();
        request.insert(image ? QStringLiteral("image") : QStringLiteral("text"), image ? query.image : query.text);
    }
    request.insert(QStringLiteral("captions"), query.findsTexts());
    if (options.fold) request.insert(QStringLiteral("fold"), kAlike);
    time_.start();
    if (!told_slow_) slow_.start();
    request_ = inference_.request(
        this, request,
        [this, query](const QJsonObject& answer) {
            end();
            Q_EMIT found(parseRetrieval(query, answer, static_cast<double>(time_.elapsed())));
        },
        [this](const Failure& failure) {
            end();
            Q_EMIT failed(failure);
        });
}

void Searcher::cancel() {
    if (!running()) return;
    inference_.cancel(request_);
    end();
}

void Searcher::end() {
    request_ = 0;
    slow_.stop();
    if (std::exchange(told_slow_, false)) Q_EMIT slow(false);
}

}  // namespace switchyard::ui
