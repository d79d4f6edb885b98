// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/style_sheet.h"

#include <QHash>

namespace switchyard::ui {
namespace {

// @name is replaced by the colour of that name. Sizes are logical pixels.
constexpr const char* kSheet = R"(
QMainWindow, QDialog { background: @window; }
QMainWindow::separator { background: @border; width: 1px; height: 1px; }
QSplitter::handle { background: @border; }
QToolTip { background: @text; color: @window; border: none; padding: 4px 8px; font-size: 12px; }
QLabel { background: transparent; }
QLabel[role="muted"] { color: @muted; }
QLabel[role="caption"] { color: @muted; font-size: 11px; }
QLabel[role="title"] { font-size: 12px; font-weight: 600; }
QLabel[role="heading"] { font-size: 16px; font-weight: 600; }
QLabel[role="figure"] { font-size: 19px; font-weight: 600; }
QLabel[role="inspected"] { font-size: 16px; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="mono"] { font-family: @mono; font-size: 12px; }
QLabel[role="codeBlock"] { font-family: @mono; font-size: 12px; background: @raised; border-radius: 4px; }
QLabel[role="tag"], QLabel[role="tag-danger"] { font-size: 11px; color: @muted; border: 1px solid @border; border-radius: 3px;
  padding: 0 4px; }
QLabel[role="tag-danger"] { color: @danger; border-color: @danger; }
QLabel[small="true"] { font-size: 12px; }
QLabel[part="problem"] { font-size: 11px; }
QLabel[part="label"][role="danger"] { font-weight: 600; }
QWidget[dockTitle="true"] { background: @raised; border: none; border-bottom: 1px solid @border; }
QToolButton[dockTab="true"] { border: none; border-bottom: 2px solid transparent; border-radius: 0; color: @muted; font-size: 12px;
  padding: 0 12px; min-height: 29px; max-height: 29px; }
QToolButton[dockTab="true"]:hover { color: @text; }
QToolButton[dockTab="true"]:checked { background: @panel; color: @text; font-weight: 600; border-bottom: 2px solid @accent; }
QToolButton[dockTab="true"]:focus { color: @accent; }
QToolButton[folderButton="true"] { color: @muted; font-size: 12px; padding: 0 4px; }
QPushButton[field="true"] { text-align: left; color: @muted; font-size: 12px; padding: 0 8px; min-height: 22px; max-height: 22px; }
QPushButton[field="true"]:focus { min-height: 20px; max-height: 20px; padding: 0 7px; }
QPushButton[bar="true"] { font-size: 12px; min-height: 24px; max-height: 24px; padding: 0 9px; }
QPushButton[bar="true"]:focus { min-height: 22px; max-height: 22px; padding: 0 8px; }
QLineEdit[small="true"] { font-size: 12px; min-height: 22px; max-height: 22px; }
QLineEdit[small="true"]:focus { min-height: 20px; max-height: 20px; }
QToolBar { border: none; spacing: 0; }
QLabel[role="danger"] { color: @danger; }
QLabel[role="warning"] { color: @warning; }
QLabel[role="success"] { color: @success; }
QWidget[panel="true"] { background: @panel; }
QWidget[toolbar="true"] { background: @panel; border: none; border-bottom: 1px solid @border; }
QWidget[toolbar="true"] > QLabel { font-size: 12px; }
QFrame[card="true"] { background: @panel; border: 1px solid @border; border-radius: 4px; }
QFrame[line="true"] { background: @border; border: none; }
QMenuBar { background: @window; border: none; font-size: 13px; }
QMenuBar::item { padding: 6px 10px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: @hover; }
QMenu { background: @panel; border: 1px solid @border; padding: 4px 0; font-size: 13px; }
QMenu::item { padding: 5px 24px 5px 12px; color: @text; }
QMenu::item:selected { background: @selection; }
QMenu::item:disabled { color: @muted; }
QMenu::separator { height: 1px; background: @border; margin: 4px 0; }
QMenu::icon { padding-left: 8px; }
QPushButton { background: @panel; color: @text; border: 1px solid @control_border; border-radius: 4px;
  padding: 0 11px; min-height: 26px; max-height: 26px; }
QPushButton:hover { background: @hover; }
QPushButton:pressed, QPushButton:checked { background: @selection; }
QPushButton:disabled { color: @faint; border-color: @border; background: @raised; }
QPushButton:focus { border: 2px solid @accent; padding: 0 10px; min-height: 24px; max-height: 24px; }
QPushButton[small="true"] { min-height: 22px; max-height: 22px; padding: 0 8px; font-size: 12px; }
QPushButton[small="true"]:focus { min-height: 20px; max-height: 20px; padding: 0 7px; }
QPushButton[large="true"] { min-height: 34px; max-height: 34px; padding: 0 13px; }
QPushButton[large="true"]:focus { min-height: 32px; max-height: 32px; padding: 0 12px; }
QPushButton[primary="true"] { background: @accent; color: @text_on_accent; border: 1px solid @accent; font-weight: 600; }
QPushButton[primary="true"]:hover { background: @accent_hover; }
QPushButton[primary="true"]:focus { border: 2px solid @text; }
QPushButton[primary="true"]:disabled { background: @raised; color: @faint; border: 1px solid @border; }
QPushButton[danger="true"] { color: @danger; border-color: @danger; }
QPushButton[danger="true"]:disabled { color: @faint; border-color: @border; }
QPushButton[link="true"] { border: none; background: transparent; color: @accent; padding: 0 4px; }
QPushButton[link="true"]:hover { text-decoration: underline; }
QPushButton[link="true"]:disabled { color: @faint; text-decoration: none; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 2px; }
QToolButton:hover { background: @hover; }
QToolButton:pressed, QToolButton:checked { background: @selection; }
QToolButton:focus { border: 1px solid @accent; }
QToolButton::menu-indicator { image: none; }
QToolButton[segment="true"] { background: @panel; border: 1px solid @control_border; border-radius: 0; padding: 0 9px;
  font-size: 12px; min-height: 22px; max-height: 22px; margin: 0 -1px 0 0; }
QToolButton[segment="true"]:hover { background: @hover; }
QToolButton[segment="true"]:checked { background: @selection; font-weight: 600; }
QToolButton[segment="true"]:focus { border: 2px solid @accent; padding: 0 8px; min-height: 20px; max-height: 20px; }
QToolButton[segmentEnd="first"] { border-top-left-radius: 4px; border-bottom-left-radius: 4px; }
QToolButton[segmentEnd="last"] { border-top-right-radius: 4px; border-bottom-right-radius: 4px; margin: 0; }
QToolButton[pageTab="true"] { border: none; border-bottom: 2px solid transparent; border-radius: 0; color: @muted;
  font-size: 13px; padding: 0 10px; min-height: 38px; max-height: 38px; }
QToolButton[pageTab="true"]:hover { background: @hover; color: @text; }
QToolButton[pageTab="true"]:checked { color: @text; font-weight: 600; background: transparent; border-bottom: 2px solid @accent; }
QToolButton[pageTab="true"]:focus { background: @hover; }
QLineEdit, QSpinBox, QDoubleSpinBox, QAbstractSpinBox { background: @panel; color: @text; border: 1px solid @control_border;
  border-radius: 4px; padding: 0 7px; min-height: 26px; max-height: 26px;
  selection-background-color: @selection; selection-color: @text; }
QLineEdit:focus, QAbstractSpinBox:focus { border: 2px solid @accent; padding: 0 6px; min-height: 24px; max-height: 24px; }
QLineEdit[large="true"] { min-height: 34px; max-height: 34px; }
QLineEdit[large="true"]:focus { min-height: 32px; max-height: 32px; }
QLineEdit[invalid="true"], QAbstractSpinBox[invalid="true"] { border: 2px solid @danger; padding: 0 6px; min-height: 24px; max-height: 24px; }
QLineEdit[quiet="true"] { background: @raised; border-color: @border; }
QLineEdit:disabled, QAbstractSpinBox:disabled { background: @raised; color: @faint; border-color: @border; }
QAbstractSpinBox::up-button { subcontrol-origin: border; subcontrol-position: top right; width: 18px; border: none; background: transparent; }
QAbstractSpinBox::down-button { subcontrol-origin: border; subcontrol-position: bottom right; width: 18px; border: none; background: transparent; }
QAbstractSpinBox::up-arrow { image: url(:/icons/@mode/chevron-up.svg); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url(:/icons/@mode/chevron-down.svg); width: 10px; height: 10px; }
QComboBox { background: @panel; color: @text; border: 1px solid @control_border; border-radius: 4px; padding: 0 7px;
  min-height: 26px; max-height: 26px; }
QComboBox[small="true"] { min-height: 22px; max-height: 22px; font-size: 12px; }
QComboBox:hover { background: @hover; }
QComboBox:focus { border: 2px solid @accent; padding: 0 6px; min-height: 24px; max-height: 24px; }
QComboBox[small="true"]:focus { min-height: 20px; max-height: 20px; }
QComboBox[invalid="true"] { border: 2px solid @danger; padding: 0 6px; min-height: 24px; max-height: 24px; }
QComboBox:disabled { background: @raised; color: @faint; border-color: @border; }
QComboBox::drop-down { subcontrol-origin: padding; subcontrol-position: center right; width: 22px; border: none; }
QComboBox::down-arrow { image: url(:/icons/@mode/chevron-down.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: @panel; border: 1px solid @border; selection-background-color: @selection;
  selection-color: @text; outline: none; }
QPlainTextEdit, QTextEdit, QTextBrowser { background: @panel; color: @text; border: 1px solid @border; border-radius: 4px;
  selection-background-color: @selection; selection-color: @text; }
QPlainTextEdit:focus, QTextEdit:focus { border: 1px solid @accent; }
QCheckBox, QRadioButton { spacing: 8px; background: transparent; outline: none; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid @control_border; border-radius: 3px; background: @panel; }
QCheckBox::indicator:hover { background: @hover; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; image: url(:/icons/@mode/check-on-accent.svg); }
QCheckBox::indicator:focus { border: 2px solid @accent; width: 12px; height: 12px; }
QCheckBox[invalid="true"]::indicator { border: 2px solid @danger; width: 12px; height: 12px; }
QCheckBox::indicator:disabled { border-color: @border; background: @raised; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: @bar_track; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: @accent; }
QSlider::handle:horizontal { width: 10px; height: 10px; margin: -5px 0; border-radius: 7px; background: @panel; border: 2px solid @accent; }
QSlider::handle:horizontal:focus { background: @accent; }
QProgressBar { background: @bar_track; border: none; border-radius: 2px; min-height: 4px; max-height: 4px; text-align: right; }
QProgressBar::chunk { background: @accent; border-radius: 2px; }
QTableView, QTreeView, QListView { background: @panel; alternate-background-color: @raised; border: none; outline: none;
  gridline-color: @border; selection-background-color: @selection; selection-color: @text; font-size: 12px; }
QTableView::item, QTreeView::item { padding: 0 8px; border: none; }
QTableView::item:hover, QTreeView::item:hover { background: @hover; }
QTableView::item:selected, QTreeView::item:selected { background: @selection; color: @text; }
QHeaderView { background: @panel; border: none; }
QHeaderView::section { background: @panel; color: @muted; border: none; border-bottom: 1px solid @border; padding: 3px 8px; font-size: 11px; }
QTableCornerButton::section { background: @panel; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @scroll; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: @control_border; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { border: none; background: transparent; }
QScrollArea > QWidget > QWidget { background: transparent; }
QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; }
QStatusBar { background: @window; border-top: 1px solid @border; color: @muted; font-size: 12px; }
QStatusBar QLabel { color: @muted; font-size: 12px; padding: 0 8px; }
QStatusBar::item { border: none; }
QTabBar::tab { background: transparent; color: @muted; padding: 6px 12px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; font-weight: 600; }
QTabWidget::pane { border: none; }
QGroupBox { border: 1px solid @border; border-radius: 4px; margin-top: 8px; }
)";

}  // namespace

QString applicationStyleSheet(const Palette& p) {
    const QColor accent_hover = p.dark ? p.accent.lighter(108) : p.accent.darker(112);
    const QColor scroll = p.dark ? QColor(QStringLiteral("#4A5462")) : QColor(QStringLiteral("#BBC3CD"));
    const QColor faint = p.dark ? QColor(QStringLiteral("#6F7A88")) : QColor(QStringLiteral("#8A94A1"));
    const QHash<QString, QString> values = {
        {QStringLiteral("window"), p.window.name()},
        {QStringLiteral("panel"), p.panel.name()},
        {QStringLiteral("raised"), p.raised.name()},
        {QStringLiteral("hover"), p.hover.name()},
        {QStringLiteral("selection"), p.selection.name()},
        {QStringLiteral("border"), p.border.name()},
        {QStringLiteral("bar_track"), p.bar_track.name()},
        {QStringLiteral("control_border"), p.control_border.name()},
        {QStringLiteral("text"), p.text.name()},
        {QStringLiteral("muted"), p.muted.name()},
        {QStringLiteral("faint"), faint.name()},
        {QStringLiteral("accent"), p.accent.name()},
        {QStringLiteral("accent_hover"), accent_hover.name()},
        {QStringLiteral("text_on_accent"), p.text_on_accent.name()},
        {QStringLiteral("success"), p.success.name()},
        {QStringLiteral("warning"), p.warning.name()},
        {QStringLiteral("danger"), p.danger.name()},
        {QStringLiteral("scroll"), scroll.name()},
        {QStringLiteral("mono"), QStringLiteral("\"%1\"").arg(Theme::instance().font(TextRole::kMono).family())},
        {QStringLiteral("mode"), p.dark ? QStringLiteral("dark") : QStringLiteral("light")},
    };
    const QString sheet = QString::fromLatin1(kSheet);
    QString filled;
    filled.reserve(sheet.size());
    for (qsizetype i = 0; i < sheet.size();) {
        if (sheet[i] != u'@') {
            filled += sheet[i++];
            continue;
        }
        qsizetype end = i + 1;
        while (end < sheet.size() && (sheet[end].isLetter() || sheet[end] == u'_')) ++end;
        filled += values.value(sheet.mid(i + 1, end - i - 1));
        i = end;
    }
    return filled;
}

}  // namespace switchyard::ui
