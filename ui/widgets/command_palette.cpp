// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/command_palette.h"

#include <QAction>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kWidth = 560, kRow = 28, kRowsShown = 12;
constexpr int kShortcutRole = Qt::UserRole + 1, kEntryRole = Qt::UserRole + 2;

/// Text at the left, shortcut muted at the right.
class EntryDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {kWidth, kRow}; }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Palette& p = Theme::instance().palette();
        const bool selected = option.state.testFlag(QStyle::State_Selected), hover = option.state.testFlag(QStyle::State_MouseOver);
        painter->fillRect(option.rect, selected ? p.selection : hover ? p.hover : p.panel);
        const QRect inner = option.rect.adjusted(12, 0, -12, 0);
        const QString shortcut = index.data(kShortcutRole).toString();
        painter->setFont(Theme::instance().font(TextRole::kTable));
        painter->setPen(p.muted);
        painter->drawText(inner, Qt::AlignRight | Qt::AlignVCenter, shortcut);
        painter->setFont(Theme::instance().font(TextRole::kBody));
        painter->setPen(p.text);
        const int room = inner.width() - (shortcut.isEmpty() ? 0 : painter->fontMetrics().horizontalAdvance(shortcut) + 16);
        painter->drawText(inner, Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, room));
    }
};

}  // namespace

CommandPalette::CommandPalette(QWidget* parent) : QFrame(parent) {
    setProperty("card", true);
    setAccessibleName(tr("Find an action"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(8);
    field_ = new QLineEdit;
    field_->setObjectName(QStringLiteral("paletteField"));
    field_->setPlaceholderText(tr("Find an action"));
    field_->setAccessibleName(tr("Find an action"));
    list_ = new QListWidget;
    list_->setItemDelegate(new EntryDelegate(list_));
    list_->setFocusPolicy(Qt::NoFocus);
    list_->setMouseTracking(true);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setAccessibleName(tr("Actions found"));
    column->addWidget(field_);
    column->addWidget(list_);
    field_->installEventFilter(this);
    connect(field_, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(list_, &QListWidget::itemClicked, this, &CommandPalette::runCurrent);
    hide();
}

void CommandPalette::open(QList<Entry> entries) {
    entries_ = std::move(entries);
    field_->clear();
    filter();
    const QWidget* host = parentWidget();
    const int width = std::min(kWidth, host->width() - 32);
    setGeometry((host->width() - width) / 2, 40, width, height());
    show();
    raise();
    field_->setFocus(Qt::PopupFocusReason);
}

void CommandPalette::filter() {
    const QStringList words = field_->text().simplified().split(u' ', Qt::SkipEmptyParts);
    list_->clear();
    for (qsizetype i = 0; i < entries_.size(); ++i) {
        const Entry& entry = entries_[i];
        if (entry.action == nullptr || !entry.action->isEnabled()) continue;
        const bool fits = std::all_of(words.begin(), words.end(),
                                      [&](const QString& word) { return entry.text.contains(word, Qt::CaseInsensitive); });
        if (!fits) continue;
        auto* item = new QListWidgetItem(entry.text, list_);
        item->setData(kShortcutRole, entry.action->shortcut().toString(QKeySequence::NativeText));
        item->setData(kEntryRole, i);
    }
    list_->setCurrentRow(0);
    // As high as what was found needs.
    const int rows = std::min(list_->count(), kRowsShown);
    list_->setVisible(rows > 0);
    list_->setFixedHeight(kRow * rows + 2 * list_->frameWidth());
    resize(width(), layout()->totalSizeHint().height());
}

void CommandPalette::runCurrent() {
    const QListWidgetItem* item = list_->currentItem();
    hide();
    if (item == nullptr) return;
    if (QAction* action = entries_[item->data(kEntryRole).toLongLong()].action) action->trigger();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == field_ && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const int rows = list_->count();
        switch (key->key()) {
            case Qt::Key_Down: list_->setCurrentRow(rows == 0 ? -1 : (list_->currentRow() + 1) % rows); return true;
            case Qt::Key_Up: list_->setCurrentRow(rows == 0 ? -1 : (list_->currentRow() + rows - 1) % rows); return true;
            case Qt::Key_Return:
            case Qt::Key_Enter: runCurrent(); return true;
            case Qt::Key_Escape: hide(); return true;
            default: break;
        }
    }
    if (watched == field_ && event->type() == QEvent::FocusOut) hide();
    return QFrame::eventFilter(watched, event);
}

}  // namespace switchyard::ui
