// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure/config_tool_bar.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QSignalBlocker>

#include "ui/widgets/chip.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

/// The accent bar as it stands beside changed keys.
class AccentBar : public QWidget {
public:
    AccentBar() { setFixedSize(3, 16); }

protected:
    void paintEvent(QPaintEvent*) override { QPainter(this).fillRect(rect(), Theme::instance().palette().accent); }
};

constexpr int kLeastWidth = 600;

QComboBox* smallCombo(const QString& name, int width) {
    auto* combo = new QComboBox;
    combo->setProperty("small", true);
    combo->setAccessibleName(name);
    combo->setMinimumWidth(width);
    combo->setMaximumWidth(width + 40);
    combo->setMaxVisibleItems(20);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    return combo;
}

}  // namespace

ConfigToolBar::ConfigToolBar(QWidget* parent) : QWidget(parent) {
    setProperty("toolbar", true);
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(metric::kToolBar);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 0, 12, 0);
    row->setSpacing(8);
    row->setSizeConstraint(QLayout::SetNoConstraint);
    file_ = new ElidedLabel;
    file_->setProperty("role", "title");
    file_->setElideMode(Qt::ElideMiddle);
    file_->setMinimumWidth(60);
    chip_ = new Chip(QString());
    chip_->hide();
    undo_ = new IconButton(QStringLiteral("undo"), tr("Undo"));
    redo_ = new IconButton(QStringLiteral("redo"), tr("Redo"));
    open_ = new IconButton(QStringLiteral("folder"), tr("Open... (Ctrl+O)"));
    save_ = new IconButton(QStringLiteral("save"), tr("Save (Ctrl+S)"));
    save_as_ = new IconButton(QStringLiteral("save-as"), tr("Save as... (Ctrl+Shift+S)"));
    preset_ = smallCombo(tr("Preset"), 104);
    preset_->setPlaceholderText(tr("choose"));
    preset_->setToolTip(tr("Open a configuration that is shipped with the program"));
    compare_ = smallCombo(tr("Compare with"), 104);
    compare_->setToolTip(tr("Count the keys that differ from another preset or a run"));
    differences_ = new QPushButton;
    differences_->setProperty("link", true);
    differences_->setProperty("small", true);
    differences_->setCursor(Qt::PointingHandCursor);
    differences_->hide();
    legend_ = new QWidget;
    auto* legend_row = new QHBoxLayout(legend_);
    legend_row->setContentsMargins(0, 0, 0, 0);
    legend_row->setSpacing(6);
    legend_text_ = new QLabel;
    legend_text_->setProperty("role", "caption");
    legend_row->addWidget(new AccentBar);
    legend_row->addWidget(legend_text_);

    row->addWidget(file_);
    row->addWidget(chip_);
    row->addSpacing(4);
    for (IconButton* button : {undo_, redo_}) row->addWidget(button);
    row->addSpacing(4);
    preset_label_ = new QLabel(tr("Preset"));
    compare_label_ = new QLabel(tr("Compare with"));
    row->addWidget(preset_label_);
    row->addWidget(preset_);
    row->addSpacing(4);
    row->addWidget(compare_label_);
    row->addWidget(compare_);
    row->addWidget(differences_);
    row->addStretch(1);
    row->addWidget(legend_);
    for (IconButton* button : {open_, save_, save_as_}) row->addWidget(button);

    connect(undo_, &QToolButton::clicked, this, &ConfigToolBar::undoRequested);
    connect(redo_, &QToolButton::clicked, this, &ConfigToolBar::redoRequested);
    connect(open_, &QToolButton::clicked, this, &ConfigToolBar::openRequested);
    connect(save_, &QToolButton::clicked, this, &ConfigToolBar::saveRequested);
    connect(save_as_, &QToolButton::clicked, this, &ConfigToolBar::saveAsRequested);
    connect(differences_, &QPushButton::clicked, this, &ConfigToolBar::differencesRequested);
    connect(preset_, &QComboBox::activated, this,
            [this](int index) { Q_EMIT presetChosen(preset_->itemData(index).toString()); });
    connect(compare_, &QComboBox::activated, this,
            [this](int index) { Q_EMIT compareChosen(compare_->itemData(index).toString()); });
    setComparable({}, {});
}

void ConfigToolBar::setFile(const QString& name, const QString& tool_tip, const QString& chip) {
    file_->setFullText(name);
    file_->setToolTip(tool_tip);
    chip_->setText(chip);
    chip_->setVisible(!chip.isEmpty());
    fit();
}

void ConfigToolBar::setHistory(const QString& undo, const QString& redo, bool can_undo, bool can_redo) {
    undo_->setEnabled(can_undo);
    redo_->setEnabled(can_redo);
    undo_->setToolTip(can_undo ? tr("Undo: %1 (Ctrl+Z)").arg(undo) : tr("Nothing to undo"));
    redo_->setToolTip(can_redo ? tr("Redo: %1 (Ctrl+Shift+Z)").arg(redo) : tr("Nothing to redo"));
}

void ConfigToolBar::setPresets(const QList<FileChoice>& presets) {
    const QSignalBlocker blocker(preset_);
    const QString current = preset_->currentData().toString();
    preset_->clear();
    for (const FileChoice& preset : presets) preset_->addItem(preset.name, preset.file);
    setCurrentPreset(current);
}

void ConfigToolBar::setCurrentPreset(const QString& file) {
    preset_->setCurrentIndex(file.isEmpty() ? -1 : preset_->findData(file));
}

void ConfigToolBar::setComparable(const QList<FileChoice>& presets, const QList<FileChoice>& runs) {
    if (compare_->count() > 0 && presets == compare_presets_ && runs == compare_runs_) return;
    compare_presets_ = presets;
    compare_runs_ = runs;
    const QSignalBlocker blocker(compare_);
    const QString current = compare_->currentData().toString();
    compare_->clear();
    compare_->addItem(tr("nothing"), QString());
    for (const FileChoice& preset : presets) compare_->addItem(preset.name, preset.file);
    if (!runs.isEmpty()) compare_->insertSeparator(compare_->count());
    for (const FileChoice& run : runs) compare_->addItem(tr("run %1").arg(run.name), run.file);
    setCompared(current);
}

void ConfigToolBar::setCompared(const QString& file) {
    compare_->setCurrentIndex(std::max(0, file.isEmpty() ? 0 : compare_->findData(file)));
}

void ConfigToolBar::setDifferences(int count) {
    differences_->setVisible(count >= 0);
    differences_->setEnabled(count > 0);
    differences_->setText(count == 0   ? tr("no key differs")
                          : count == 1 ? tr("1 key differs")
                                       : tr("%1 keys differ").arg(count));
    fit();
}

void ConfigToolBar::setBaseline(const QString& text) {
    legend_text_->setText(text);
    fit();
}

QWidget* ConfigToolBar::differencesLink() const {
    return differences_;
}

void ConfigToolBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fit();
}

QSize ConfigToolBar::minimumSizeHint() const {
    return {kLeastWidth, metric::kToolBar};
}

/// Where the window is narrow the legend goes first, then the labels of the combo boxes.
void ConfigToolBar::fit() {
    const auto show = [this](bool labels, bool legend) {
        preset_label_->setVisible(labels);
        compare_label_->setVisible(labels);
        compare_->setItemText(0, labels ? tr("nothing") : tr("compare"));
        legend_->setVisible(legend);
        layout()->invalidate();
        return layout()->sizeHint().width() <= width();
    };
    if (!show(true, true) && !show(true, false)) show(false, false);
}

}  // namespace switchyard::ui
