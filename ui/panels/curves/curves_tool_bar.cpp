// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves/curves_tool_bar.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSlider>
#include <QToolButton>
#include <cmath>

#include "ui/models/run_words.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kDefaultSlider = 28;  // 0.86
constexpr int kWordsWidth = 960;    // narrower: the words that the controls explain themselves go
constexpr int kLeastWidth = 620;    // without those words

QLabel* caption(const QString& text) {
    auto* label = new QLabel(text);
    label->setProperty("role", "muted");
    return label;
}

}  // namespace

double smoothingOf(int slider) {
    return slider <= 0 ? 0 : 1.0 - std::pow(10.0, -0.03 * slider);
}

CurvesToolBar::CurvesToolBar(QWidget* parent) : QWidget(parent) {
    setProperty("toolbar", true);
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(metric::kToolBar);
    setMinimumWidth(kLeastWidth);
    x_axis_ = new SegmentedControl({tr("Step"), tr("Tokens"), tr("Time"), tr("FLOPs")});
    x_axis_->setAccessibleName(tr("X axis"));
    loss_axis_ = new SegmentedControl({tr("Lin"), tr("Log")});
    loss_axis_->setAccessibleName(tr("Loss axis"));
    slider_ = new QSlider(Qt::Horizontal);
    slider_->setRange(0, 100);
    slider_->setValue(kDefaultSlider);
    slider_->setMinimumWidth(56);
    slider_->setMaximumWidth(96);
    slider_->setAccessibleName(tr("Smoothing"));
    slider_->setToolTip(tr("Moving average over all records; the raw record stays faint behind it"));
    value_ = new QLabel;
    value_->setFont(Theme::instance().font(TextRole::kMono));
    value_->setMinimumWidth(QFontMetrics(value_->font()).horizontalAdvance(QStringLiteral("0.999")));
    follow_ = new QCheckBox(tr("Follow"));
    follow_->setFont(Theme::instance().font(TextRole::kTable));
    follow_->setChecked(true);
    follow_->setToolTip(tr("Keep all records in sight as they come; zooming or moving a plot turns it off"));
    compare_ = new QToolButton;
    compare_->setText(tr("Compare with..."));
    compare_->setFont(Theme::instance().font(TextRole::kTable));
    compare_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    compare_->setIconSize(QSize(16, 16));
    compare_->setFixedHeight(metric::kControlSmall);
    compare_->setFocusPolicy(Qt::StrongFocus);
    compare_->setAccessibleName(tr("Compare with other runs"));
    compare_->setToolTip(tr("Draw other runs over this one (C)"));
    table_ = new IconButton(QStringLiteral("table"), tr("Data table of all plots"));
    export_ = new QToolButton;
    export_->setText(tr("Export"));
    export_->setFont(Theme::instance().font(TextRole::kTable));
    export_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    export_->setIconSize(QSize(16, 16));
    export_->setFixedHeight(metric::kControlSmall);
    export_->setFocusPolicy(Qt::StrongFocus);
    export_->setPopupMode(QToolButton::InstantPopup);
    export_->setAccessibleName(tr("Export all plots"));
    auto* menu = new QMenu(export_);
    ChartMenu::addExports(*menu, {ChartExport::kPng, ChartExport::kPdf, ChartExport::kCsvVisible, ChartExport::kCsvAll},
                          [this](ChartExport kind) { Q_EMIT exportAsked(kind); });
    export_->setMenu(menu);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 0, 12, 0);
    row->setSpacing(8);
    x_label_ = caption(tr("X axis"));
    loss_label_ = caption(tr("Loss axis"));
    smoothing_label_ = caption(tr("Smoothing"));
    row->addWidget(x_label_);
    row->addWidget(x_axis_);
    row->addSpacing(12);
    row->addWidget(loss_label_);
    row->addWidget(loss_axis_);
    row->addSpacing(12);
    row->addWidget(smoothing_label_);
    row->addWidget(slider_, 1);
    row->addWidget(value_);
    row->addStretch(2);
    row->addWidget(follow_);
    row->addSpacing(4);
    row->addWidget(compare_);
    row->addWidget(table_);
    row->addWidget(export_);
    connect(x_axis_, &SegmentedControl::changed, this,
            [this](int index) { Q_EMIT xAxisChosen(static_cast<XAxis>(index)); });
    connect(loss_axis_, &SegmentedControl::changed, this, [this](int index) { Q_EMIT lossLogChosen(index == 1); });
    const auto show = [this] {
        const double value = smoothing();
        value_->setText(number(value, value >= 0.99 ? 3 : 2));
    };
    connect(slider_, &QSlider::valueChanged, this, [this, show] {
        show();
        Q_EMIT smoothingChosen(smoothing());
    });
    show();
    connect(follow_, &QCheckBox::toggled, this, &CurvesToolBar::followChosen);
    connect(compare_, &QToolButton::clicked, this, &CurvesToolBar::compareAsked);
    connect(table_, &QToolButton::clicked, this, &CurvesToolBar::tableAsked);
    connect(&Theme::instance(), &Theme::changed, this, &CurvesToolBar::recolor);
    recolor();
}

double CurvesToolBar::smoothing() const {
    return smoothingOf(slider_->value());
}
void CurvesToolBar::setFollow(bool on) {
    follow_->setChecked(on);
}
void CurvesToolBar::setLossLog(bool on) {
    loss_axis_->setCurrent(on ? 1 : 0);
}

void CurvesToolBar::setAxisThere(XAxis axis, bool there) {
    x_axis_->setChoiceEnabled(static_cast<int>(axis), there,
                              axis == XAxis::kTokens ? tr("Tokens is off: this run has no record of them")
                                                     : tr("FLOPs is off: this run has no record of them"));
}

void CurvesToolBar::resizeEvent(QResizeEvent*) {
    const bool roomy = width() >= kWordsWidth;
    for (QLabel* label : {x_label_, loss_label_, smoothing_label_}) label->setVisible(roomy);
    for (QToolButton* button : {compare_, export_})
        button->setToolButtonStyle(roomy ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
}

void CurvesToolBar::recolor() {
    const Palette& p = Theme::instance().palette();
    table_->setIcon(Theme::instance().icon(QStringLiteral("table"), p.muted));
    export_->setIcon(Theme::instance().icon(QStringLiteral("export"), p.muted));
    compare_->setIcon(Theme::instance().icon(QStringLiteral("compare"), p.muted));
    QPalette colors = export_->palette();
    colors.setColor(QPalette::ButtonText, p.muted);
    for (QToolButton* button : {compare_, export_}) button->setPalette(colors);
}

}  // namespace switchyard::ui
