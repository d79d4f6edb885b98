// SPDX-License-Identifier: GPL-3.0-or-later
// The answer, big, with the likeliest ones as bars, and whether the data agrees.
#pragma once

#include <optional>

#include "ui/services/asker.h"
#include "ui/widgets/card.h"

class QLabel;
class QStackedWidget;

namespace switchyard::ui {

class AnswerBars;
class AppContext;
class ElidedLabel;
class LoadingState;
class TableDialog;

/// Thread: GUI thread.
class AnswerCard : public Card {
    Q_OBJECT
public:
    explicit AnswerCard(AppContext& context, QWidget* parent = nullptr);
    static constexpr int kShown = 8;  ///< bars
    /// What stands there without an answer: what is missing, or why there is none.
    void showHint(const QString& words);
    /// An answer that is there stays for a moment.
    void showBusy();
    void showAnswer(const AskResult& result, const std::optional<SampleTruth>& truth);
    bool hasAnswer() const;
    AnswerBars* bars() const { return bars_; }
    QString words() const;         ///< the answer, as shown
    QString verdictWords() const;  ///< "Right: the data says red", "" without a truth
    QString hint() const;
    QString note() const;  ///< below the bars
    TableDialog* openTable();

Q_SIGNALS:
    void cancelled();

private:
    QWidget* makeContent();
    void showVerdict();
    void copy();
    void saveCsv();
    QList<QStringList> tableRows() const;

    AppContext& context_;
    QStackedWidget* stack_;
    QLabel* hint_;
    LoadingState* loading_;
    QWidget* content_;
    ElidedLabel* answer_;
    QLabel* share_;
    QLabel* verdict_icon_;
    QLabel* verdict_;
    AnswerBars* bars_;
    QLabel* note_;
    QLabel* time_;
    QWidget* menu_;
    AskAnswer shown_;
    Verdict shown_verdict_ = Verdict::kUnknown;
};

}  // namespace switchyard::ui
