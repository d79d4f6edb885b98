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

/// Coloured shapes with captions, twelve kinds and then the same elsewhere with a number; returns the JSONL file.
inline QString writePictures(const QDir& dir, int count = 12) {
    const QList<QPair<QString, QColor>> colors = {
        {"red", Qt::red}, {"blue", Qt::blue}, {"green", Qt::darkGreen}, {"yellow", Qt::yellow}};
    const QStringList shapes = {"circle", "square", "triangle"};
    QFile rows(dir.filePath("pictures.jsonl"));
    if (!rows.open(QIODevice::WriteOnly)) return {};
    for (int i = 0; i < count; ++i) {
        const auto& [color, value] = colors[i / 3 % 4];
        const QString shape = shapes[i % 3];
        const int round = i / 12, x = round % 5, y = round / 5;
        QImage picture(48, 48, QImage::Format_RGB888);
        picture.fill(Qt::white);
        QPainter painter(&picture);
        painter.translate(x, y);
        painter.setBrush(value);
        if (shape == "circle") painter.drawEllipse(8, 8, 30, 30);
        if (shape == "square") painter.drawRect(8, 8, 30, 30);
        if (shape == "triangle") painter.drawPolygon(QPolygon({{24, 6}, {6, 40}, {42, 40}}));
        painter.end();
        const QString number = round == 0 ? QString() : QString::number(round);
        const QString name = color + "-" + shape + number + ".png";
        picture.save(dir.filePath(name));
        const QString caption = "a " + color + " " + shape + (round == 0 ? QString() : " number " + number);
        rows.write(QString("{\"id\": \"%1\", \"image\": \"%1\", \"text\": \"%2\"}\n").arg(name, caption).toUtf8());
    }
    return rows.fileName();
}

}  // namespace switchyard::test
