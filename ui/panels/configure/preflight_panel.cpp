// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure/preflight_panel.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/models/plan_words.h"
#include "ui/models/run_words.h"
#include "ui/panels/configure/plan_bars.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kMargin = 12;

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
    explicit Swatch(const QColor& color) {
        setFixedSize(9, 9);
        setAutoFillBackground(true);
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
    auto* content = new QWidget;
    content->setProperty("panel", true);
    content->setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(content);
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
    notes_ = label({}, "caption");
    notes_->setWordWrap(true);
    notes_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* last = new QVBoxLayout;
    last->addWidget(notes_);
    padded(last);
    column->addStretch(1);
    setWidget(content);

    connect(&watch_, &PlanWatch::planned, this, [this] { show(watch_.choices()); });
    connect(bars_, &PlanBars::chosenChanged, this, &PreflightPanel::showChosen);
    connect(&Theme::instance(), &Theme::changed, this, &PreflightPanel::showChosen);
}

void PreflightPanel::setOutdated(bool outdated) {
    state_->setText(outdated ? tr("The text has an error: these are the figures of the last valid one.")
                             : tr("Worked out before anything is started"));
}

void PreflightPanel::show(const PlanChoices& choices) {
    if (choices.plans.empty()) return;
    const plan::Plan& plan = choices.plans[choices.current];
    figures_[0]->setText(countText(static_cast<double>(plan.parameters.total())));
    figures_[1]->setText(countText(static_cast<double>(plan.parameters.active)));
    figures_[2]->setText(countText(plan.flops_per_token));
    figures_[3]->setText(number(plan.tokens_per_sample, plan.tokens_per_sample < 100 ? 1 : 0));
    limit_->setText(tr("%1 free here").arg(bytes(plan.memory_bytes)));
    limit_->setToolTip(tr("Memory of this machine that is not in use, for all ranks together"));
    bars_->setChoices(choices);
    showChosen();
    showAlternatives();
}

void PreflightPanel::showChosen() {
    const PlanChoices& choices = watch_.choices();
    if (bars_->chosen() >= choices.plans.size()) return;
    const plan::Plan& plan = choices.plans[bars_->chosen()];
    clear(table_);
    const auto number_label = [](const QString& text, const char* role) {
        QLabel* made = label(text, role);
        made->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        return made;
    };
    table_->addWidget(label(ranksText(plan.ranks), "caption"), 0, 1);
    QLabel* at_peak = number_label(tr("at the peak"), "caption");
    at_peak->setToolTip(tr("What is in memory at the moment when most is"));
    table_->addWidget(at_peak, 0, 2);
    table_->addWidget(number_label(tr("at most"), "caption"), 0, 3);
    int row = 1;
    for (const PlanPart& part : planParts(plan)) {
        table_->addWidget(new Swatch(part.color), row, 0);
        table_->addWidget(label(part.name, ""), row, 1);
        table_->addWidget(number_label(bytes(part.at_peak), "mono"), row, 2);
        table_->addWidget(number_label(bytes(part.most), "mono"), row, 3);
        ++row;
    }
    table_->addWidget(label(tr("Peak"), "strong"), row, 1);
    QLabel* peak = number_label(bytes(plan.peak_bytes), "mono");
    peak->setObjectName(QStringLiteral("preflightPeak"));
    table_->addWidget(peak, row, 2);
    table_->setColumnStretch(1, 1);
    QStringList notes;
    for (const std::string& note : plan.assumptions) notes << QString::fromStdString(note);
    notes_->setText(notes.join(u'\n'));
}

void PreflightPanel::showAlternatives() {
    clear(changes_);
    for (const plan::Alternative& of : watch_.choices().alternatives) {
        auto* button = new QPushButton(tr("Use %1").arg(changeText(of)));
        button->setToolTip(of.fits ? tr("Would take %1").arg(bytes(of.needed_bytes))
                                   : tr("Would take %1: less, but still too much").arg(bytes(of.needed_bytes)));
        button->setEnabled(true);
        QSizePolicy policy = button->sizePolicy();
        policy.setHorizontalPolicy(QSizePolicy::Ignored);
        button->setSizePolicy(policy);
        connect(button, &QPushButton::clicked, this, [this, sets = of.sets] { Q_EMIT changeWanted(sets); });
        auto* remark = label(
            of.fits ? tr("fits with %1").arg(bytes(of.needed_bytes)) : tr("%1, not enough").arg(bytes(of.needed_bytes)),
            "caption");
        changes_->addWidget(button);
        changes_->addWidget(remark);
    }
}

}  // namespace switchyard::ui
