// SPDX-License-Identifier: GPL-3.0-or-later
// A model's answer, and how it stands beside what the data says.
#pragma once

#include <QJsonObject>
#include <QList>
#include <QString>
#include <optional>

#include "ui/models/ask_subject.h"
#include "ui/models/sample_rows.h"

namespace switchyard::ui {

struct AskQuery {
    RouteQuery sample;
    QString task;  ///< of a text model's; "" = the model has one
    friend bool operator==(const AskQuery&, const AskQuery&) = default;
};

struct AskAnswer {
    struct Row {
        QString name;   ///< in the data's words
        QString words;  ///< as shown
        double share = 0;
    };
    AskKind kind = AskKind::kMatching;
    QString task;
    QList<Row> rows;                  ///< best first
    int of = 0;                       ///< classes in all
    std::optional<double> value;      ///< where a number is the answer
    std::optional<double> cosine;     ///< matching: of the dual encoder
    int tokens = 0, text_tokens = 0;  ///< read; of the whole text where it was cut, else 0
    /// The likeliest class in words, or the number.
    QString words() const;
};

/// `told`: the worker's answer to "ask" (core/base/launch/compute_request.h). Of several tasks the first.
AskAnswer readAnswer(const QJsonObject& told);

/// The row that the data says.
bool agrees(const AskAnswer& answer, const AskAnswer::Row& row, const SampleTruth& truth);
enum class Verdict { kUnknown, kRight, kWrong };
/// A number is neither right nor wrong. Of many people's answers the class that is the label counts.
Verdict verdictOf(const AskAnswer& answer, const SampleTruth& truth);
/// "the data says red", with how many people said so, or how far a number is off; "" when it says nothing.
QString truthWords(const AskAnswer& answer, const SampleTruth& truth);

}  // namespace switchyard::ui
