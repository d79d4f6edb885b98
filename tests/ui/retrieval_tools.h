// SPDX-License-Identifier: GPL-3.0-or-later
// A small trained model and picture sets for tests of searching.
#pragma once

#include <unistd.h>

#include <QColor>
#include <QImage>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPainter>
#include <QPolygonF>

#include "support/program.h"
#include "ui/ui_tools.h"

namespace switchyard::test {

/// Trains the smoke configuration on one core with the real command line. @return the run folder, "" on failure.
inline QString trainSmoke(const QString& runs_dir, const QString& name, int steps) {
    const QString folder = runs_dir + "/" + name;
    const Outcome outcome =
        cli({"train", "--config", shippedConfig("smoke.yaml"), "--set", "train.steps=" + QString::number(steps),
             "--set", "run.name=" + name, "--set", "parallel.threads=1", "--ranks", "1", "--run-dir", folder});
    if (outcome.code == 0) return folder;
    qWarning("%s", outcome.err.constData());
    return {};
}

/// One shape on light grey, as the smoke configuration's own pictures look.
inline QImage drawShape(const QString& shape, const QColor& color, int side) {
    QImage image(64, 64, QImage::Format_RGB32);
    image.fill(QColor(232, 232, 232));
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    const QRectF box((64 - side) / 2.0, (64 - side) / 2.0, side, side);
    if (shape == "circle")
        painter.drawEllipse(box);
    else if (shape == "square")
        painter.drawRect(box);
    else
        painter.drawPolygon(QPolygonF({box.bottomLeft(), box.bottomRight(), {box.center().x(), box.top()}}));
    return image;
}

inline QByteArray row(const QString& id, const QString& image, const QString& text) {
    return QJsonDocument(QJsonObject{{"id", id}, {"image", image}, {"text", text}}).toJson(QJsonDocument::Compact) +
           '\n';
}

/// FOLDER/shapes.jsonl: every colour and shape, small and large. @return the file
inline QString writeShapes(const QString& folder) {
    QDir().mkpath(folder + "/pictures");
    const QList<std::pair<QString, QColor>> colors = {{"red", QColor(214, 40, 40)},
                                                      {"green", QColor(44, 160, 60)},
                                                      {"blue", QColor(40, 80, 200)},
                                                      {"yellow", QColor(240, 200, 30)}};
    QFile file(folder + "/shapes.jsonl");
    file.open(QIODevice::WriteOnly);
    for (const auto& [color, value] : colors) {
        for (const QString& shape : {QStringLiteral("circle"), QStringLiteral("square"), QStringLiteral("triangle")}) {
            for (const auto& [size, side] :
                 {std::pair(QStringLiteral("small"), 20), std::pair(QStringLiteral("large"), 44)}) {
                const QString id = size + "-" + color + "-" + shape;
                drawShape(shape, value, side).save(folder + "/pictures/" + id + ".png");
                file.write(row(id, "pictures/" + id + ".png", QStringLiteral("a %1 %2 %3").arg(size, color, shape)));
            }
        }
    }
    return file.fileName();
}

/// FOLDER/many.jsonl: `count` pictures, so that an index of them takes seconds. They are links to one file.
inline QString writeMany(const QString& folder, int count) {
    QDir().mkpath(folder + "/many");
    const QString first = folder + "/many/0.png";
    drawShape("circle", Qt::red, 30).save(first);
    QFile file(folder + "/many.jsonl");
    file.open(QIODevice::WriteOnly);
    for (int i = 0; i < count; ++i) {
        const QString name = QStringLiteral("many/%1.png").arg(i);
        if (i > 0 && ::link(first.toUtf8().constData(), (folder + "/" + name).toUtf8().constData()) != 0) return {};
        file.write(row(QString::number(i), name, QStringLiteral("red circle %1").arg(i)));
    }
    return file.fileName();
}

}  // namespace switchyard::test
