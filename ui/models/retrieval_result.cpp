// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/retrieval_result.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonArray>
#include <algorithm>
#include <cmath>

#include "core/base/util/paths.h"
#include "ui/models/run_words.h"

namespace switchyard::ui {
namespace {

QString words(const char* text) {
    return QCoreApplication::translate("Retrieval", text);
}

QString field(const QString& text) {
    QString plain = text;
    for (const QChar separator : {u'\t', u'\n', u'\r'}) plain.replace(separator, u' ');
    return plain;
}

RetrievalHit parseHit(const QJsonObject& row) {
    RetrievalHit hit;
    hit.id = row.value(QStringLiteral("id")).toString();
    hit.image = row.value(QStringLiteral("image")).toString();
    hit.text = row.value(QStringLiteral("text")).toString();
    if (hit.text.isEmpty()) hit.text = QFileInfo(hit.image).fileName();  // of a folder of pictures
    for (const QJsonValue& text : row.value(QStringLiteral("texts")).toArray()) hit.texts.append(text.toString());
    hit.score = row.value(QStringLiteral("score")).toDouble();
    if (const QJsonValue match = row.value(QStringLiteral("match_score")); match.isDouble())
        hit.match = match.toDouble();
    for (const QJsonValue& alike : row.value(QStringLiteral("alike")).toArray()) {
        hit.alike.append(parseHit(alike.toObject()));
        hit.alike.last().is_alike = true;
    }
    hit.alike_count = row.value(QStringLiteral("alike_count")).toInt();
    return hit;
}

}  // namespace

QString pastedFolder() {
    return QString::fromStdString((cacheHome() / "queries").string());
}

QString RetrievalQuery::label() const {
    if (!hasImage()) return text;
    const QFileInfo file(image);
    const QString name =
        file.path() == pastedFolder() ? words(QT_TRANSLATE_NOOP("Retrieval", "Pasted picture")) : file.fileName();
    return isJoined() ? words(QT_TRANSLATE_NOOP("Retrieval", "%1 + %2")).arg(text, name) : name;
}

RetrievalResult parseRetrieval(const RetrievalQuery& query, const QJsonObject& answer, double elapsed_ms) {
    RetrievalResult result;
    result.query = query;
    result.searched = answer.value(QStringLiteral("searched")).toInteger();
    result.search_ms = answer.value(QStringLiteral("search_ms")).toDouble(elapsed_ms);
    if (const QJsonValue ms = answer.value(QStringLiteral("rerank_ms")); ms.isDouble())
        result.rerank_ms = ms.toDouble();
    const QJsonArray rows = answer.value(QStringLiteral("results")).toArray();
    for (const QJsonValue& row : rows) result.hits.append(parseHit(row.toObject()));
    return result;
}

QString toTsv(const RetrievalResult& result) {
    QString table = QStringLiteral("rank\tid\ttext\timage\tmatching_head\tdual_encoder\n");
    for (qsizetype i = 0; i < result.hits.size(); ++i) {
        const RetrievalHit& hit = result.hits[i];
        const QStringList fields = {QString::number(i + 1),
                                    field(hit.id),
                                    field(hit.text),
                                    field(hit.image),
                                    hit.match ? QString::number(*hit.match, 'g', 9) : QString(),
                                    QString::number(hit.score, 'g', 9)};
        table += fields.join(u'\t') + u'\n';
    }
    return table;
}

QString milliseconds(double ms) {
    if (ms >= 1000) return QStringLiteral("%1 s").arg(number(ms / 1000, 1));
    return QStringLiteral("%1 ms").arg(number(ms, ms < 0.95 ? 1 : 0));
}

QString matchText(double match) {
    return number(match, 2);
}
QString scoreText(double score) {
    return number(score, 3);
}

QString countText(bool texts, qsizetype count) {
    if (count == 1)
        return texts ? words(QT_TRANSLATE_NOOP("Retrieval", "1 text")) : words(QT_TRANSLATE_NOOP("Retrieval", "1 hit"));
    const QString pattern =
        texts ? words(QT_TRANSLATE_NOOP("Retrieval", "%1 texts")) : words(QT_TRANSLATE_NOOP("Retrieval", "%1 hits"));
    return pattern.arg(number(static_cast<double>(count), 0));
}

QString plainToolTip(const QString& text) {
    return text.isEmpty() ? QString() : QStringLiteral("<qt>%1</qt>").arg(text.toHtmlEscaped());
}

double scoreScale(const RetrievalResult& result) {
    double best = 0;
    for (const RetrievalHit& hit : result.hits) best = std::max(best, hit.score);
    return std::clamp(std::ceil(best * 20.0 + 0.2) / 20.0, 0.05, 1.0);
}

}  // namespace switchyard::ui
