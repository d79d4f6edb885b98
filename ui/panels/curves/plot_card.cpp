// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves/plot_card.h"

#include <QAction>
#include <QLabel>
#include <cmath>

#include "ui/models/nice_ticks.h"
#include "ui/models/run_words.h"
#include "ui/panels/curves/legend_entry.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

const QList<ChartExport> kExports = {ChartExport::kPng, ChartExport::kPdf, ChartExport::kSvg, ChartExport::kCsvVisible,
                                     ChartExport::kCsvAll};

constexpr int kHeadRoom = 54;  // margins and gaps of a card's head

}  // namespace

PlotCard::PlotCard(PlotGroup& group, const PlotOptions& options, const std::vector<PlotLine>& lines, PlotUnit unit,
                   const QString& unit_word, QWidget* parent)
    : Card(options.name, parent), group_(group), unit_(unit), unit_word_(unit_word) {
    plot_ = new CurvePlot(group, options, lines);
    menu_ = new ChartMenu(options.name, kExports);
    log_ = menu_->addAction(tr("Logarithmic axis"), true);
    log_->setChecked(options.log);
    QAction* fit = menu_->addAction(tr("Fit the axis to the values"));
    if (lines.size() > 1) {
        for (int i = 0; i < static_cast<int>(lines.size()); ++i) {
            auto* entry = new LegendEntry(lines[static_cast<std::size_t>(i)].label);
            connect(entry, &QAbstractButton::toggled, this, [this, i](bool on) {
                plot_->setLineVisible(i, on);
                refresh();
            });
            legend_.push_back(entry);
            addHeadWidget(entry);
        }
    }
    if (options.large) {
        auto* words = new ElidedLabel(tr("faint: raw, line: smoothed"));
        words->setProperty("role", "caption");
        addCornerWidget(words);
    } else if (lines.size() == 1) {
        value_ = new QLabel;
        value_->setFont(Theme::instance().font(TextRole::kMono));
        value_->setAccessibleName(tr("%1 at the cursor").arg(options.name));
        addCornerWidget(value_);
    }
    addCornerWidget(menu_);
    setContent(plot_);
    connect(log_, &QAction::toggled, plot_, &CurvePlot::setLog);
    connect(plot_, &CurvePlot::logChanged, this, [this](bool on) {
        log_->setChecked(on);
        refresh();
    });
    connect(fit, &QAction::triggered, plot_, &CurvePlot::fitY);
    connect(menu_, &ChartMenu::tableAsked, this, &PlotCard::tableAsked);
    connect(menu_, &ChartMenu::exportAsked, this, &PlotCard::exportAsked);
    connect(&group, &PlotGroup::recordsChanged, this, &PlotCard::refresh);
    connect(&group.cursor(), &LinkedCursor::changed, this, &PlotCard::refresh);
    connect(&Theme::instance(), &Theme::changed, this, &PlotCard::refresh);
    refresh();
}

QString PlotCard::valueText() const {
    return value_ == nullptr ? QString() : value_->text();
}

QStringList PlotCard::tags() const {
    QStringList list;
    for (const PlotLine& line : plot_->lines()) list << line.tag;
    return list;
}

void PlotCard::setTag(int line, const QString& tag, const QString& label) {
    plot_->setTag(line, tag, label);
    if (!legend_.empty()) legend(line)->setLabel(label);
    refresh();
}

void PlotCard::setUnitWord(const QString& word) {
    unit_word_ = word;
    refresh();
}

void PlotCard::refresh() {
    for (int i = 0; i < static_cast<int>(legend_.size()); ++i) {
        legend(i)->setPen(plot_->linePen(i));
        legend(i)->setVisible(group_.curves().find(plot_->lines()[static_cast<std::size_t>(i)].tag) != nullptr);
    }
    ValueRange range;
    for (const QString& tag : tags()) {
        const CurveSeries* series = group_.curves().find(tag);
        if (series != nullptr) range.add(series->rawIndex().over(series->raw(), 0, series->size()));
    }
    QString words = unit_word_;
    if (unit_ == PlotUnit::kPowerOfTen && !range.empty() && range.high > 0) {
        const int power = static_cast<int>(std::floor(std::log10(range.high)));
        plot_->setScale(power == 0 ? 1 : std::pow(10.0, -power));
        if (power != 0) words = tr("× 10%1").arg(superscript(power));
    } else if (unit_ == PlotUnit::kBytes && !range.empty()) {
        const bool large = range.high >= 1024.0 * 1024 * 1024;
        plot_->setScale(large ? 1.0 / (1024.0 * 1024 * 1024) : 1.0 / (1024.0 * 1024));
        words = large ? QStringLiteral("GiB") : QStringLiteral("MiB");
    } else if (unit_ == PlotUnit::kPercent) {
        plot_->setScale(100);
    }
    if (plot_->log() && !plot_->options().large) words += words.isEmpty() ? tr("log") : tr(", log");
    setSubtitle(words);
    unit_shown_ = words;
    if (value_ == nullptr) return;
    const CurveSeries* series = group_.curves().find(plot_->lines().front().tag);
    if (series == nullptr || series->size() == 0) return value_->clear();
    const std::size_t at =
        group_.cursor().step() ? series->nearest(XAxis::kStep, *group_.cursor().step()) : series->size() - 1;
    const double value = series->smoothed()[at] * plot_->scale();
    const bool plain = std::abs(value) >= 0.01 || unit_ == PlotUnit::kPowerOfTen || value == 0;
    value_->setText(plain && std::abs(value) < 10 ? number(value, 2) : shortNumber(value));
    placeValue();
}

void PlotCard::placeValue() {
    if (value_ == nullptr) return;
    // A narrow card keeps its name and unit; the value stands in the inspector too.
    const QFontMetrics title(Theme::instance().font(TextRole::kTitle)),
        unit(Theme::instance().font(TextRole::kCaption));
    const int needed = title.horizontalAdvance(plot_->options().name) + unit.horizontalAdvance(unit_shown_) +
                       value_->sizeHint().width() + menu_->width() + kHeadRoom;
    value_->setVisible(width() >= needed);
}

void PlotCard::resizeEvent(QResizeEvent* event) {
    Card::resizeEvent(event);
    placeValue();
}

}  // namespace switchyard::ui
