// SPDX-License-Identifier: MIT
// Small data for models that are asked: coloured squares with questions, and tables of three text tasks, with the
// configurations that train on them.
#pragma once

#include <QFile>
#include <QImage>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QStringList>

namespace switchyard::test {

/// FOLDER/PART.jsonl: of each picture one question for its colour and two that are answered by yes or no.
inline QString writeQuestions(const QString& folder, const QString& part, int pictures, quint32 seed) {
    static const QList<std::pair<QString, QRgb>> colours = {
        {"red", 0xffd02020}, {"green", 0xff20b040}, {"blue", 0xff2040d0}};
    QRandomGenerator draw(seed);
    QFile rows(folder + "/" + part + ".jsonl");
    if (!rows.open(QIODevice::WriteOnly)) return {};
    for (int i = 0; i < pictures; ++i) {
        const auto& [name, value] = colours[draw.bounded(3)];
        QImage image(24, 24, QImage::Format_RGB32);
        image.fill(qRgb(190 + draw.bounded(40), 190, 190));
        const int left = draw.bounded(10), top = draw.bounded(10), side = 8 + draw.bounded(6);
        for (int y = top; y < top + side; ++y)
            for (int x = left; x < left + side; ++x) image.setPixel(x, y, value);
        const QString file = QString("%1-%2.png").arg(part).arg(i);
        image.save(folder + "/" + file);
        const auto ask = [&](const QString& question, const QString& answer) {
            const QJsonObject row{{"image", file}, {"question", question}, {"answer", answer}};
            rows.write(QJsonDocument(row).toJson(QJsonDocument::Compact) + "\n");
        };
        ask("what colour is the square?", name);
        ask("is the square red?", name == "red" ? "yes" : "no");
        ask("is the square blue?", name == "blue" ? "yes" : "no");
    }
    return rows.fileName();
}

/// FOLDER/PART-mood.tsv (sst2), PART-same.tsv (rte) and PART-score.tsv (stsb).
inline void writeTables(const QString& folder, const QString& part, int rows, quint32 seed) {
    QRandomGenerator draw(seed);
    const QStringList things = {"film", "book", "song", "meal"}, good = {"great", "lovely"}, bad = {"awful", "dull"};
    QFile mood(folder + "/" + part + "-mood.tsv"), same(folder + "/" + part + "-same.tsv"),
        score(folder + "/" + part + "-score.tsv");
    for (QFile* file : {&mood, &same, &score}) file->open(QIODevice::WriteOnly);
    mood.write("sentence\tlabel\n");
    same.write("index\tsentence1\tsentence2\tlabel\n");
    score.write("index\tsentence1\tsentence2\tscore\n");
    for (int i = 0; i < rows; ++i) {
        const auto pick = [&](const QStringList& of) { return of[draw.bounded(static_cast<int>(of.size()))]; };
        const bool positive = draw.bounded(2) == 1;
        mood.write(QString("the %1 was %2\t%3\n")
                       .arg(pick(things), pick(positive ? good : bad))
                       .arg(positive ? 1 : 0)
                       .toUtf8());
        const QString a = pick(things), b = draw.bounded(2) == 1 ? a : pick(things);
        same.write(
            QString("%1\tone %2\tthis %3\t%4\n").arg(i).arg(a, b, a == b ? "entailment" : "not_entailment").toUtf8());
        score.write(QString("%1\tone %2\tthis %3\t%4\n").arg(i).arg(a, b).arg(a == b ? 4.5 : 1.0).toUtf8());
    }
}

/// What is named like a picture and can not be used: FOLDER/words.png holds no picture, cut.png the beginning of the
/// file `whole`, huge.png 100 megapixels. @return whether all were written
inline bool writeBadPictures(const QString& folder, const QString& whole) {
    QFile words(folder + "/words.png"), cut(folder + "/cut.png"), source(whole);
    if (!words.open(QIODevice::WriteOnly) || !cut.open(QIODevice::WriteOnly) || !source.open(QIODevice::ReadOnly))
        return false;
    words.write("not a picture");
    cut.write(source.readAll().left(60));
    QImage huge(10'000, 10'000, QImage::Format_Mono);
    huge.fill(1);
    return huge.save(folder + "/huge.png");
}

/// FOLDER/NAME.yaml: the task and model that are told, and `steps` short steps. @return the file
inline QString writeTaskConfig(const QString& folder, const QString& name, const QString& task_and_data,
                               const QString& rate, int steps, const QString& precision) {
    QFile config(folder + '/' + name + ".yaml");
    config.open(QIODevice::WriteOnly);
    config.write(
        QString("run: {name: %1, seed: 3}\n%2optim: {lr: %3, warmup_steps: 10}\n"
                "train: {steps: %4, global_batch: 48, precision: %5}\neval: {every: 0}\nparallel: {threads: 1}\n")
            .arg(name, task_and_data, rate)
            .arg(steps)
            .arg(precision)
            .toUtf8());
    return config.fileName();
}

/// Reads FOLDER/train.jsonl and dev.jsonl. @return the file
inline QString writeVqaConfig(const QString& folder, int steps, const QString& precision = "fp32") {
    return writeTaskConfig(folder, "vqa",
                           QString(R"(task: {kind: vqa, answers: 5}
model:
  text: {layers: 2, dim: 32, heads: 2, ffn_dim: 64, max_tokens: 12, vocab_size: 60, moe_every: 2}
  vision: {layers: 2, dim: 32, heads: 2, ffn_dim: 64, image_size: 32, patch_size: 8, stem: conv, moe_every: 2}
  fusion: {layers: 2, dim: 32, heads: 2, ffn_dim: 64, moe: true}
  moe: {experts: 4, gate: topk, top_k: 2, hidden_dim: 32, losses: {balance: 0.01, z: 0.001}}
data: {format: jsonl, root: %1, train: [train.jsonl], eval: [dev.jsonl]}
)")
                               .arg(folder),
                           "3.0e-3", steps, precision);
}

/// Reads FOLDER/train-*.tsv and dev-*.tsv. @return the file
inline QString writeTextConfig(const QString& folder, int steps, const QString& precision = "fp32") {
    return writeTaskConfig(folder, "text",
                           QString(R"(task: {kind: text, names: [sst2, rte, stsb], weights: [1, 1, 0.2]}
model:
  text: {layers: 2, dim: 32, heads: 2, ffn_dim: 64, max_tokens: 24, vocab_size: 90, moe_every: 2, token_types: 2}
  moe: {experts: 4, top_k: 2, gate: topk, hidden_dim: 32}
data: {format: tsv, root: %1, train: [train-mood.tsv, train-same.tsv, train-score.tsv], eval: [dev-mood.tsv, dev-same.tsv, dev-score.tsv]}
)")
                               .arg(folder),
                           "4.0e-3", steps, precision);
}

}  // namespace switchyard::test
