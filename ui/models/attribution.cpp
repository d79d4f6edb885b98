// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/attribution.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/models/run_words.h"

namespace switchyard::ui {
namespace {

constexpr int kLargestSide = 4096;

/// A piece without the mark that stands for a blank.
QString word(const QString& piece) {
    QString plain = piece;
    plain.remove(QChar(0x2581));
    return plain.isEmpty() ? QStringLiteral("␣") : plain;
}

QImage pictureOf(const QJsonObject& row) {
    const int side = row.value(QStringLiteral("side")).toInt();
    const QByteArray bytes = QByteArray::fromBase64(row.value(QStringLiteral("pixels")).toString().toLatin1());
    if (side < 1 || side > kLargestSide || bytes.size() != qsizetype{3} * side * side) return {};
    return QImage(reinterpret_cast<const uchar*>(bytes.constData()), side, side, 3 * side, QImage::Format_RGB888)
        .copy();
}

AttributionPart parsePart(const QJsonObject& row) {
    AttributionPart part;
    for (const QJsonValue& value : row.value(QStringLiteral("values")).toArray()) part.values.append(value.toDouble());
    for (const QJsonValue& token : row.value(QStringLiteral("tokens")).toArray())
        part.tokens.append(word(token.toString()));
    part.grid = row.value(QStringLiteral("patch_grid")).toInt();
    part.picture = pictureOf(row);
    const qsizetype expected = part.isPicture() ? qsizetype{part.grid} * part.grid : part.tokens.size();
    return part.values.size() == expected ? part : AttributionPart();
}

}  // namespace

double AttributionPart::scale() const {
    double largest = 0;
    for (const double value : values) largest = std::max(largest, std::abs(value));
    return largest > 0 ? largest : 1;
}

QString AttributionPart::strongest(int count) const {
    QList<qsizetype> order(values.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [this](qsizetype a, qsizetype b) { return std::abs(values[a]) > std::abs(values[b]); });
    QStringList told;
    for (const qsizetype i : order.mid(0, count)) {
        const QString name =
            isPicture() ? QCoreApplication::translate("Retrieval", "patch %1, %2").arg(i / grid + 1).arg(i % grid + 1)
                        : tokens[i];
        told.append(
            QStringLiteral("%1 %2%3").arg(name, values[i] > 0 ? QStringLiteral("+") : QString(), number(values[i], 3)));
    }
    return told.join(QStringLiteral("; "));
}

Attribution parseAttribution(const QJsonObject& answer) {
    Attribution attribution;
    attribution.score = answer.value(QStringLiteral("score")).toDouble();
    for (const QJsonValue& part : answer.value(QStringLiteral("query")).toArray())
        attribution.query.append(parsePart(part.toObject()));
    attribution.hit = parsePart(answer.value(QStringLiteral("hit")).toObject());
    return attribution;
}

}  // namespace switchyard::ui
