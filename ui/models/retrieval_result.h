// SPDX-License-Identifier: GPL-3.0-or-later
// What is searched for, and what a search found.
#pragma once

#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>
#include <optional>

namespace switchyard::ui {

/// Where pictures that were pasted are kept.
QString pastedFolder();

/// Text to find pictures, a picture to find texts or pictures, or both together to find pictures.
struct RetrievalQuery {
    QString text;            ///< "" = none
    QString image;           ///< absolute path; "" = none
    bool pictures = false;   ///< a picture alone finds pictures, not texts
    int image_percent = 50;  ///< how much the picture counts beside a text
    bool hasImage() const { return !image.isEmpty(); }
    bool isJoined() const { return hasImage() && !text.isEmpty(); }
    bool findsTexts() const { return hasImage() && text.isEmpty() && !pictures; }
    bool isEmpty() const { return text.isEmpty() && image.isEmpty(); }
    QString label() const;  ///< the text, the picture's file name, or "Pasted picture"
    friend bool operator==(const RetrievalQuery&, const RetrievalQuery&) = default;
};

struct RetrievalHit {
    QString id, image;
    QString text;                 ///< the caption found, or the picture's first
    QStringList texts;            ///< all captions of a found picture when it has several
    double score = 0;             ///< dual encoder: cosine
    std::optional<double> match;  ///< matching head: probability
    QList<RetrievalHit> alike;    ///< nearly the same pictures, folded into this one
    int alike_count = 0;          ///< of them, those that are not told too
    bool unfolded = false;        ///< they stand behind it
    bool is_alike = false;        ///< one of them
};

struct RetrievalResult {
    RetrievalQuery query;
    QList<RetrievalHit> hits;  ///< best first
    qint64 searched = 0;       ///< pictures in the index
    double search_ms = 0;
    std::optional<double> rerank_ms;
    bool reranked() const { return !hits.isEmpty() && hits.first().match.has_value(); }
};

/// From the worker's answer (core/base/launch/compute_request.h); `elapsed_ms` stands in for a worker's time that
/// is not there.
RetrievalResult parseRetrieval(const RetrievalQuery& query, const QJsonObject& answer, double elapsed_ms);

/// Head and one line a hit, columns by tabs; tabs and line ends inside fields become blanks.
QString toTsv(const RetrievalResult& result);

QString milliseconds(double ms);                 ///< "0.4 ms", "61 ms", "1.2 s"
QString matchText(double match);                 ///< "0.97"
QString scoreText(double score);                 ///< "0.412", true minus
QString countText(bool texts, qsizetype count);  ///< "12 hits", "1 text"
/// A tooltip that shows `text` as it stands, whatever markup it holds.
QString plainToolTip(const QString& text);

/// Where a dual encoder's bar ends: a round number at or above the best score, so that small cosines can be told
/// apart.
double scoreScale(const RetrievalResult& result);

}  // namespace switchyard::ui
