// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/ask/answer_card.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>
#include <QStyle>
#include <QTimer>
#include <QVBoxLayout>

#include "ui/models/load_table.h"
#include "ui/models/run_words.h"
#include "ui/panels/ask/answer_bars.h"
#include "ui/services/app_context.h"
#include "ui/services/background_save.h"
#include "ui/widgets/chart_menu.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/loading_state.h"
#include "ui/widgets/table_dialog.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kMargin = 12, kIcon = 16, kBusyMs = 400;
constexpr double kHighestScore = 5;  // STS-B's

QString percent(double share) {
    return AnswerCard::tr("%1 %").arg(number(100 * share, 1));
}

/// What the answer is one of, and how much of the text was read.
QString noteOf(const AskAnswer& answer) {
    QStringList words;
    if (answer.text_tokens > 0)
        words << AnswerCard::tr("The text was cut: the model reads the first %1 of its %2 tokens.")
                     .arg(number(answer.tokens, 0), number(answer.text_tokens, 0));
    if (answer.of > AnswerCard::kShown)
        words << AnswerCard::tr("The likeliest %1 of %2 answers; the table has more.")
                     .arg(number(AnswerCard::kShown, 0), number(answer.of, 0));
    if (answer.cosine) words << AnswerCard::tr("Cosine of the embeddings: %1.").arg(number(*answer.cosine, 3));
    if (answer.value && answer.task == QLatin1String("stsb"))
        words << AnswerCard::tr("From 0, nothing in common, to 5, the same.");
    return words.join(u' ');
}

}  // namespace

AnswerCard::AnswerCard(AppContext& context, QWidget* parent) : Card(tr("Answer"), parent), context_(context) {
    setAccessibleName(tr("Answer"));
    time_ = new QLabel;
    time_->setProperty("role", "caption");
    time_->setToolTip(tr("From asking to the answer with its routing"));
    auto* menu = new ChartMenu(tr("Answers"), {ChartExport::kCsv});
    menu_ = menu;
    connect(menu->addAction(tr("Copy answers")), &QAction::triggered, this, &AnswerCard::copy);
    connect(menu, &ChartMenu::tableAsked, this, &AnswerCard::openTable);
    connect(menu, &ChartMenu::exportAsked, this, &AnswerCard::saveCsv);
    addCornerWidget(time_);
    addCornerWidget(menu);
    hint_ = new QLabel;
    hint_->setProperty("role", "muted");
    hint_->setAlignment(Qt::AlignCenter);
    hint_->setWordWrap(true);
    hint_->setContentsMargins(24, 8, 24, 8);
    loading_ = new LoadingState(tr("Asking the model"));
    connect(loading_, &LoadingState::cancelled, this, &AnswerCard::cancelled);
    content_ = makeContent();
    stack_ = new QStackedWidget;
    for (QWidget* face : std::initializer_list<QWidget*>{hint_, loading_, content_}) stack_->addWidget(face);
    setContent(stack_);
    connect(&Theme::instance(), &Theme::changed, this, &AnswerCard::showVerdict);
    showHint({});
}

QWidget* AnswerCard::makeContent() {
    auto* content = new QWidget;
    answer_ = new ElidedLabel;
    answer_->setFont(Theme::instance().font(TextRole::kFigure));
    share_ = new QLabel;
    share_->setProperty("role", "muted");
    verdict_icon_ = new QLabel;
    verdict_icon_->setFixedSize(kIcon, kIcon);
    verdict_ = new QLabel;
    verdict_->setWordWrap(true);
    verdict_->setFont(Theme::instance().font(TextRole::kTable));
    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(answer_);
    head->addWidget(share_);
    head->addStretch(1);
    auto* verdict = new QHBoxLayout;
    verdict->setSpacing(6);
    verdict->addWidget(verdict_icon_);
    verdict->addWidget(verdict_, 1);
    bars_ = new AnswerBars;
    connect(bars_, &AnswerBars::copyAsked, this, &AnswerCard::copy);
    note_ = new QLabel;
    note_->setProperty("role", "caption");
    note_->setWordWrap(true);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(kMargin, 4, kMargin, 8);
    column->setSpacing(4);
    column->addLayout(head);
    column->addLayout(verdict);
    column->addWidget(bars_);
    column->addWidget(note_);
    column->addStretch(1);
    return content;
}

void AnswerCard::showHint(const QString& words) {
    hint_->setText(words);
    time_->clear();
    menu_->setEnabled(false);
    stack_->setCurrentWidget(hint_);
}

void AnswerCard::showBusy() {
    // Most answers come sooner than the eye would follow a change.
    if (!hasAnswer()) {
        if (stack_->currentWidget() == loading_) return;
        loading_->start();
        return stack_->setCurrentWidget(loading_);
    }
    if (time_->text() == tr("asking")) return;
    time_->setText(tr("asking"));
    QTimer::singleShot(kBusyMs, this, [this] {
        if (!hasAnswer() || time_->text() != tr("asking")) return;
        loading_->start();
        stack_->setCurrentWidget(loading_);
    });
}

bool AnswerCard::hasAnswer() const {
    return stack_->currentWidget() == content_;
}

QString AnswerCard::words() const {
    return shown_.words();
}

QString AnswerCard::verdictWords() const {
    return verdict_->text();
}

QString AnswerCard::hint() const {
    return stack_->currentWidget() == hint_ ? hint_->text() : QString();
}

QString AnswerCard::note() const {
    return note_->text();
}

void AnswerCard::showAnswer(const AskResult& result, const std::optional<SampleTruth>& truth) {
    shown_ = result.answer;
    const bool score = shown_.value.has_value();
    answer_->setFullText(shown_.kind == AskKind::kMatching && !shown_.rows.isEmpty()
                             ? tr("They %1").arg(shown_.rows.first().words)
                             : shown_.words());
    share_->setText(score || shown_.rows.isEmpty() ? QString() : percent(shown_.rows.first().share));
    shown_verdict_ = truth ? verdictOf(shown_, *truth) : Verdict::kUnknown;
    QString said = truth ? truthWords(shown_, *truth) : QString();
    if (shown_verdict_ == Verdict::kRight) said = tr("Right: %1").arg(said);
    if (shown_verdict_ == Verdict::kWrong) said = tr("Wrong: %1").arg(said);
    verdict_->setText(said);
    showVerdict();
    QList<AnswerBar> bars;
    for (const AskAnswer::Row& row : shown_.rows.mid(0, kShown)) {
        const bool is_true = truth && agrees(shown_, row, *truth);
        bars.append({row.words, row.share, number(row.share, 4), is_true});
    }
    if (score && shown_.task == QLatin1String("stsb"))
        bars.append({tr("alike"), *shown_.value / kHighestScore, number(*shown_.value, 2), false});
    bars_->setRoom(std::max(1, static_cast<int>(bars.size())));
    bars_->setBars(bars);
    note_->setText(noteOf(shown_));
    note_->setVisible(!note_->text().isEmpty());
    time_->setText(tr("%1 ms").arg(number(result.took_ms, 0)));
    menu_->setEnabled(true);
    setAccessibleDescription(QStringLiteral("%1. %2").arg(answer_->accessibleName(), said));
    stack_->setCurrentWidget(content_);
}

/// Shape and words say it; colour repeats it.
void AnswerCard::showVerdict() {
    const Theme& theme = Theme::instance();
    const bool right = shown_verdict_ == Verdict::kRight, known = shown_verdict_ != Verdict::kUnknown;
    const QColor color = !known ? theme.palette().muted : right ? theme.palette().success : theme.palette().danger;
    const QString name = !known ? QStringLiteral("info") : right ? QStringLiteral("check") : QStringLiteral("close");
    verdict_icon_->setPixmap(theme.icon(name, color).pixmap(QSize(kIcon, kIcon), devicePixelRatioF()));
    verdict_->setProperty("role", !known ? "muted" : right ? "success" : "danger");
    verdict_->style()->unpolish(verdict_);
    verdict_->style()->polish(verdict_);
    verdict_->setVisible(!verdict_->text().isEmpty());
    verdict_icon_->setVisible(!verdict_->text().isEmpty());
}

QList<QStringList> AnswerCard::tableRows() const {
    QList<QStringList> rows;
    for (const AskAnswer::Row& row : shown_.rows) rows.append({row.words, QString::number(row.share, 'g', 8)});
    if (shown_.value) rows.append({shown_.task, QString::number(*shown_.value, 'g', 8)});
    return rows;
}

TableDialog* AnswerCard::openTable() {
    const QList<QStringList> table = tableRows();
    auto* dialog = new TableDialog(
        tr("Answers"),
        new TextTableModel({tr("Answer"), tr("Probability")}, std::vector<QStringList>(table.begin(), table.end())),
        this);
    connect(dialog, &TableDialog::csvAsked, this, &AnswerCard::saveCsv);
    dialog->show();
    return dialog;
}

void AnswerCard::saveCsv() {
    const QString path = askSavePath(this, tr("answers"), ChartExport::kCsv);
    if (path.isEmpty()) return;
    const QList<QStringList> table = tableRows();
    const std::vector<QStringList> rows(table.begin(), table.end());
    saveInBackground(
        this, path,
        [rows](QIODevice& out) {
            writeTableCsv(out, {tr("Answer"), tr("Probability")}, rows);
        },
        [this, path](const QString& problem) {
            if (problem.isEmpty())
                context_.report(QStringLiteral("info"), tr("Exported %1").arg(path));
            else
                context_.report(QStringLiteral("error"), problem);
        });
}

void AnswerCard::copy() {
    QStringList lines = {tr("Answer") + u'\t' + tr("Probability")};
    for (const QStringList& row : tableRows()) lines << row.join(u'\t');
    QApplication::clipboard()->setText(lines.join(u'\n'));
    context_.report(QStringLiteral("info"), tr("Copied the answers"));
}

}  // namespace switchyard::ui
