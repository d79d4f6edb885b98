// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves/plot_card.h"

#include <QAction>
#include <QComboBox>
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
    : Card(options.name, parent), group_(group), unit_(unit), unit_word_(unit_word), lines_(lines) {
    plot_ = new CurvePlot(group, options, lines);
    menu_ = new ChartMenu(options.name, kExports);
    log_ = menu_->addAction(tr("Logarithmic axis"), true);
    log_->setChecked(options.log);
    x_log_ = menu_->addAction(tr("Logarithmic x axis"), true);
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
        metric_ = new QComboBox;
        metric_->setAccessibleName(tr("Metric compared in %1").arg(options.name));
        metric_->setFont(Theme::instance().font(TextRole::kTable));
        metric_->setFixedHeight(metric::kControlSmall);
        metric_->hide();
        addHeadWidget(metric_);
        connect(metric_, &QComboBox::activated, this, &PlotCard::placeLines);
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
    connect(x_log_, &QAction::toggled, &group, &PlotGroup::setXLog);
    connect(&group, &PlotGroup::xLogChanged, x_log_, &QAction::setChecked);
    connect(&group, &PlotGroup::runsChanged, this, &PlotCard::placeLines);
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
    for (const PlotLine& line : plot_->lines())
        if (!list.contains(line.tag)) list << line.tag;
    return list;
}

void PlotCard::setTag(int line, const QString& tag, const QString& label) {
    lines_[static_cast<std::size_t>(line)].tag = tag;
    lines_[static_cast<std::size_t>(line)].label = label;
    if (!legend_.empty()) legend(line)->setLabel(label);
    placeLines();
}

const CurveSeries* PlotCard::seriesOf(const PlotLine& line) const {
    return line.run < group_.runs() ? group_.run(line.run).curves.find(line.tag) : nullptr;
}

void PlotCard::placeChoices() {
    if (metric_ == nullptr) return;
    const QVariant kept = metric_->currentData();
    QStringList wanted;
    for (const PlotLine& line : lines_) {
        bool recorded = false;
        for (int run = 0; run < group_.runs(); ++run)
            recorded = recorded || group_.run(run).curves.find(line.tag) != nullptr;
        if (recorded) wanted << line.tag;
    }
    QStringList shown;
    for (int i = 0; i < metric_->count(); ++i) shown << metric_->itemData(i).toString();
    if (shown == wanted) return;
    metric_->clear();
    for (const PlotLine& line : lines_)
        if (wanted.contains(line.tag)) metric_->addItem(line.label, line.tag);
    metric_->setCurrentIndex(std::max(0, metric_->findData(kept)));
}

void PlotCard::placeLines() {
    placeChoices();
    if (!group_.comparing()) {
        plot_->setLines(lines_);
        for (int i = 0; i < static_cast<int>(legend_.size()); ++i) plot_->setLineVisible(i, legend(i)->isChecked());
        return refresh();
    }
    PlotLine compared = lines_.front();
    if (metric_ != nullptr) {
        const QString tag = metric_->currentData().toString();
        for (const PlotLine& line : lines_)
            if (line.tag == tag) compared = line;
    }
    std::vector<PlotLine> lines;
    for (int run = 0; run < group_.runs(); ++run) {
        lines.push_back(compared);
        lines.back().label = group_.run(run).name;
        lines.back().series = group_.run(run).series;
        lines.back().dashed = true;
        lines.back().run = run;
    }
    plot_->setLines(std::move(lines));
    refresh();
}

void PlotCard::setUnitWord(const QString& word) {
    unit_word_ = word;
    refresh();
}

void PlotCard::refresh() {
    if (metric_ != nullptr) {
        if (group_.comparing()) placeChoices();
        metric_->setVisible(group_.comparing() && metric_->count() > 1);
    }
    for (int i = 0; i < static_cast<int>(legend_.size()); ++i) {
        if (!group_.comparing()) legend(i)->setPen(plot_->linePen(i));
        legend(i)->setVisible(!group_.comparing() &&
                              group_.curves().find(lines_[static_cast<std::size_t>(i)].tag) != nullptr);
    }
    ValueRange range;
    for (const PlotLine& line : plot_->lines()) {
        const CurveSeries* series = seriesOf(line);
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
