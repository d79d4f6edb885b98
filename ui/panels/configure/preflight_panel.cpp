// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure/preflight_panel.h"

#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/models/plan_words.h"
#include "ui/models/run_words.h"
#include "ui/panels/configure/plan_bars.h"
#include "ui/panels/configure/rank_section.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kMargin = 12, kButtonFrame = 28;

QLabel* label(const QString& text, const char* role) {
    auto* made = new QLabel(text);
    made->setProperty("role", QString::fromLatin1(role));
    made->setTextFormat(Qt::PlainText);
    return made;
}

template <class Layout>
void clear(Layout* layout) {
    while (QLayoutItem* item = layout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

/// A part's colour as a small square.
class Swatch : public QWidget {
public:
    Swatch() {
        setFixedSize(9, 9);
        setAutoFillBackground(true);
    }
    void setColor(const QColor& color) {
        QPalette colors = palette();
        colors.setColor(QPalette::Window, color);
        setPalette(colors);
    }
};

}  // namespace

PreflightPanel::PreflightPanel(PlanWatch& watch, QWidget* parent) : QScrollArea(parent), watch_(watch) {
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setProperty("panel", true);
    setAccessibleName(tr("Pre-flight"));
    content_ = new QWidget(viewport());
    content_->setProperty("panel", true);
    content_->setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(content_);
    column->setContentsMargins(0, 8, 0, 12);
    column->setSpacing(6);
    const auto padded = [&](QLayout* inner) {
        inner->setContentsMargins(kMargin, 0, kMargin, 0);
        column->addLayout(inner);
    };
    auto* first = new QHBoxLayout;
    state_ = label(tr("Working it out ..."), "caption");
    state_->setWordWrap(true);
    first->addWidget(state_);
    padded(first);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(0);
    const std::array<QString, 4> names = {tr("parameters"), tr("active per token"), tr("FLOPs per token"),
                                          tr("tokens a sample")};
    for (std::size_t i = 0; i < names.size(); ++i) {
        figures_[i] = label(QStringLiteral("–"), "figure");
        figures_[i]->setObjectName(QStringLiteral("preflight") + QString::number(i));
        const int row = static_cast<int>(i / 2) * 2, place = static_cast<int>(i % 2);
        grid->addWidget(figures_[i], row, place);
        grid->addWidget(label(names[i], "caption"), row + 1, place);
        if (i == 1) grid->setRowMinimumHeight(1, 20);
    }
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    padded(grid);
    auto* head = new QHBoxLayout;
    head->addWidget(label(tr("Memory of a rank"), "title"));
    head->addStretch(1);
    limit_ = label({}, "caption");
    head->addWidget(limit_);
    padded(head);
    bars_ = new PlanBars;
    column->addWidget(bars_);
    changes_ = new QVBoxLayout;
    changes_->setSpacing(4);
    padded(changes_);
    table_ = new QGridLayout;
    table_->setHorizontalSpacing(8);
    table_->setVerticalSpacing(3);
    padded(table_);
    makeTable();
    column->addWidget(new RankSection(watch_));
    notes_ = label({}, "caption");
    notes_->setWordWrap(true);
    notes_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* last = new QVBoxLayout;
    last->addWidget(notes_);
    padded(last);
    column->addStretch(1);
    content_->installEventFilter(this);

    connect(&watch_, &PlanWatch::planned, this, [this] { show(watch_.choices()); });
    connect(bars_, &PlanBars::chosenChanged, this, &PreflightPanel::showChosen);
    connect(&Theme::instance(), &Theme::changed, this, &PreflightPanel::showChosen);
}

/// Only now: the scroll area measures and so styles its widget, which would be styled again in the dock.
void PreflightPanel::showEvent(QShowEvent* event) {
    QScrollArea::showEvent(event);
    if (widget() != nullptr) return;
    setWidget(content_);
    fitHeight();
}

void PreflightPanel::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    fitHeight();
}

bool PreflightPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == widget() && event->type() == QEvent::LayoutRequest) fitHeight();
    return QScrollArea::eventFilter(watched, event);
}

void PreflightPanel::fitHeight() {
    if (widget() == nullptr) return;
    QLayout* layout = widget()->layout();
    const int width = viewport()->width();
    widget()->setMinimumHeight(layout->hasHeightForWidth() ? layout->totalMinimumHeightForWidth(width)
                                                           : layout->totalMinimumSize().height());
}

void PreflightPanel::setOutdated(bool outdated) {
    outdated_ = outdated;
    showState();
}

void PreflightPanel::showState() {
    const bool none = watch_.choices().plans.empty();
    state_->setVisible(outdated_ || none);
    if (outdated_)
        state_->setText(none ? tr("The text has an error; there are no figures yet.")
                             : tr("The text has an error: these are the figures of the last valid one."));
    else
        state_->setText(tr("Working it out ..."));
}

void PreflightPanel::show(const PlanChoices& choices) {
    if (choices.plans.empty()) return;
    showState();
    const plan::Plan& plan = choices.plans[choices.current];
    figures_[0]->setText(countText(static_cast<double>(plan.parameters.total())));
    figures_[1]->setText(countText(static_cast<double>(plan.parameters.active)));
    figures_[2]->setText(countText(plan.flops_per_token));
    figures_[3]->setText(number(plan.tokens_per_sample, plan.tokens_per_sample < 100 ? 1 : 0));
    limit_->setText(tr("%1 free here").arg(planBytes(plan.memory_bytes)));
    limit_->setToolTip(tr("Memory of this machine that is not in use, for all ranks together"));
    bars_->setChoices(choices);
    showChosen();
    showAlternatives();
}

/// The rows are made once: only their words change while a person types.
void PreflightPanel::makeTable() {
    const auto number_label = [](const QString& text, const char* role) {
        QLabel* made = label(text, role);
        made->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        return made;
    };
    ranks_ = label({}, "caption");
    QLabel* at_peak = number_label(tr("at the peak"), "caption");
    at_peak->setToolTip(tr("What is in memory at the moment when most is"));
    table_->addWidget(ranks_, 0, 1);
    table_->addWidget(at_peak, 0, 2);
    table_->addWidget(number_label(tr("at most"), "caption"), 0, 3);
    for (const PlanPart& part : planParts(plan::Plan())) {
        const int row = static_cast<int>(rows_.size()) + 1;
        const Row made = {new Swatch, label(part.name, ""), number_label({}, "mono"), number_label({}, "mono")};
        table_->addWidget(made.swatch, row, 0);
        table_->addWidget(made.name, row, 1);
        table_->addWidget(made.at_peak, row, 2);
        table_->addWidget(made.most, row, 3);
        rows_.push_back(made);
    }
    const int last = static_cast<int>(rows_.size()) + 1;
    peak_ = number_label({}, "mono");
    peak_->setObjectName(QStringLiteral("preflightPeak"));
    table_->addWidget(label(tr("Peak"), "strong"), last, 1);
    table_->addWidget(peak_, last, 2);
    table_->setColumnStretch(1, 1);
}

void PreflightPanel::showChosen() {
    const PlanChoices& choices = watch_.choices();
    if (bars_->chosen() >= choices.plans.size()) return;
    const plan::Plan& plan = choices.plans[bars_->chosen()];
    ranks_->setText(ranksText(plan.ranks));
    const QList<PlanPart> parts = planParts(plan);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const PlanPart& part = parts[static_cast<qsizetype>(i)];
        static_cast<Swatch*>(rows_[i].swatch)->setColor(part.color);
        rows_[i].at_peak->setText(planBytes(part.at_peak));
        rows_[i].most->setText(planBytes(part.most));
        for (QWidget* of : {rows_[i].swatch, static_cast<QWidget*>(rows_[i].name),
                            static_cast<QWidget*>(rows_[i].at_peak), static_cast<QWidget*>(rows_[i].most)})
            of->setVisible(part.there());
    }
    peak_->setText(planBytes(plan.peak_bytes));
    QStringList notes;
    for (const std::string& note : plan.assumptions) notes << QString::fromStdString(note);
    notes_->setText(notes.join(u'\n'));
}

void PreflightPanel::showAlternatives() {
    clear(changes_);
    const int room = viewport()->width() - 2 * kMargin - kButtonFrame;
    for (const plan::Alternative& of : watch_.choices().alternatives) {
        const QString text = tr("Use %1").arg(changeText(of)), needed = planBytes(of.needed_bytes);
        auto* button = new QPushButton;
        button->setText(button->fontMetrics().elidedText(text, Qt::ElideRight, room));
        button->setAccessibleName(text);
        button->setToolTip(setsText(of));
        connect(button, &QPushButton::clicked, this, [this, sets = of.sets] { Q_EMIT changeWanted(sets); });
        changes_->addWidget(button);
        changes_->addWidget(
            label(of.fits ? tr("fits with %1").arg(needed) : tr("%1: less, but not enough").arg(needed), "caption"));
    }
}

}  // namespace switchyard::ui
