// SPDX-License-Identifier: MIT
// A few drawn pictures with captions, for tests that need real files.
#pragma once

#include <QColor>
#include <QDir>
#include <QFile>
#include <QImage>
#include <QList>
#include <QPainter>
#include <QPair>
#include <QString>

namespace switchyard::test {

/// Twelve coloured shapes with captions; returns the JSONL file.
inline QString writePictures(const QDir& dir) {
    const QList<QPair<QString, QColor>> colors = {{"red", Qt::red}, {"blue", Qt::blue}, {"green", Qt::darkGreen}, {"yellow", Qt::yellow}};
    QFile rows(dir.filePath("pictures.jsonl"));
    if (!rows.open(QIODevice::WriteOnly)) return {};
    for (const auto& [color, value] : colors) {
        for (const QString shape : {"circle", "square", "triangle"}) {
            QImage picture(48, 48, QImage::Format_RGB888);
            picture.fill(Qt::white);
            QPainter painter(&picture);
            painter.setBrush(value);
            if (shape == "circle") painter.drawEllipse(8, 8, 30, 30);
            if (shape == "square") painter.drawRect(8, 8, 30, 30);
            if (shape == "triangle") painter.drawPolygon(QPolygon({{24, 6}, {6, 40}, {42, 40}}));
            painter.end();
            const QString name = color + "-" + shape + ".png";
            picture.save(dir.filePath(name));
            rows.write(QString("{\"id\": \"%1\", \"image\": \"%1\", \"text\": \"a %2 %3\"}\n").arg(name, color, shape).toUtf8());
        }
    }
    return rows.fileName();
}

}  // namespace switchyard::test
