// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/retrieval/searcher.h"

#include <utility>

namespace switchyard::ui {
namespace {

constexpr int kSlowMs = 200;

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
    if (query.isImage())
        request.insert(QStringLiteral("image"), query.image);
    else
        request.insert(QStringLiteral("text"), query.text);
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
