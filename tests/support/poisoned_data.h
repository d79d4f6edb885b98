// SPDX-License-Identifier: MIT
// Data with one sample that makes the loss not finite: black pictures, which are 0 after normalising, and a white one,
// which is infinite when data.image.std is as small as a number can be.
#pragma once

#include <QDir>
#include <QFile>
#include <QImage>
#include <QString>
#include <QStringList>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "core/base/util/random.h"

namespace switchyard::test {

/// Place of a sample in the stream of a run: the order that core/data/sample_order.h describes, for the first epoch.
inline std::int64_t placeOf(std::uint64_t sample, std::uint64_t samples, std::uint64_t seed, std::uint64_t rewind) {
    const std::uint64_t key = randomKey({seed, static_cast<std::uint64_t>(Stream::kOrder), 0});
    RandomSequence random(rewind == 0 ? key : randomKey({key, rewind}));
    std::vector<std::uint64_t> order(samples);
    std::iota(order.begin(), order.end(), std::uint64_t{0});
    for (std::uint64_t i = samples; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    for (std::size_t place = 0; place < order.size(); ++place) {
        if (order[place] == sample) return static_cast<std::int64_t>(place);
    }
    return -1;
}

/// `samples` pictures in `dir`, of which `poison` is the bad one (-1: none). @return words for `switchyard train`
inline QStringList writePoisoned(const QDir& dir, int samples, int poison) {
    QImage black(32, 32, QImage::Format_RGB888), white(32, 32, QImage::Format_RGB888);
    black.fill(Qt::black);
    white.fill(Qt::white);
    black.save(dir.filePath("black.png"));
    white.save(dir.filePath("white.png"));
    QFile rows(dir.filePath("rows.jsonl"));
    if (!rows.open(QIODevice::WriteOnly)) return {};
    for (int i = 0; i < samples; ++i) {
        // One picture shared by several records would be one sample.
        const QString picture = QString("%1.png").arg(i);
        QFile::copy(dir.filePath(i == poison ? "white.png" : "black.png"), dir.filePath(picture));
        rows.write(QString("{\"id\": \"s%1\", \"image\": \"%2\", \"text\": \"picture of number %1\"}\n")
                       .arg(i)
                       .arg(picture)
                       .toUtf8());
    }
    QStringList words;
    for (const QString& set :
         {QString("data.format=jsonl"), "data.root=" + dir.path(), QString("data.train=[rows.jsonl]"),
          QString("data.image.mean=[0, 0, 0]"), QString("data.image.std=[1e-39, 1e-39, 1e-39]"),
          QString("data.image.augment.brightness=0"), QString("data.image.augment.contrast=0"),
          QString("model.text.vocab_size=60")}) {
        words << "--set" << set;
    }
    return words;
}

}  // namespace switchyard::test
