// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/experts/jump_list.h"

#include <QKeyEvent>
#include <QPainter>
#include <algorithm>

#include "ui/widgets/chip.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kRow = 28;

class JumpDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {100, kRow}; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        const Palette& p = theme.palette();
        const JumpRow& row = static_cast<const JumpModel*>(index.model())->row(index.row());
        const bool selected = option.state.testFlag(QStyle::State_Selected);
        if (selected) {
            painter->fillRect(option.rect, p.selection);
        } else if (option.state.testFlag(QStyle::State_MouseOver)) {
            painter->fillRect(option.rect, p.hover);
        }
        painter->fillRect(QRect(option.rect.left(), option.rect.top(), option.rect.width(), 1), p.border);
        QRect place = option.rect.adjusted(11, 1, -11, 0);
        const QFontMetrics mono(theme.font(TextRole::kMono)), small(theme.font(TextRole::kCaption));
        painter->setFont(theme.font(TextRole::kMono));
        painter->setPen(p.accent);
        painter->drawText(place, Qt::AlignVCenter | Qt::AlignRight, row.step);
        place.setRight(place.right() -
                       std::max(mono.horizontalAdvance(row.step), mono.horizontalAdvance(QStringLiteral("0,000"))) -
                       10);
        painter->setFont(theme.font(TextRole::kCaption));
        painter->setPen(selected ? p.text : p.muted);
        painter->drawText(place, Qt::AlignVCenter | Qt::AlignRight, row.where);
        place.setRight(place.right() - small.horizontalAdvance(row.where) - 8);
        if (row.icon.isEmpty()) {
            const QRect swatch(place.left(), place.center().y() - 4, 9, 9);
            painter->fillRect(swatch, p.dead);
            painter->setPen(QPen(p.control_border, 1));
            painter->drawRect(swatch.adjusted(0, 0, -1, -1));
            const QColor fill = theme.expertColor(row.expert, row.experts);
            const QRect chip(place.left() + 18, option.rect.top(), 60, option.rect.height());
            Chip::draw(*painter, chip, row.text, fill, selected ? p.text : QColor(), Theme::textOn(fill));
            return;
        }
        const QRect icon(place.left(), place.center().y() - 7, 16, 16);
        theme.icon(row.icon, row.serious ? p.danger : p.warning).paint(painter, icon);
        place.setLeft(icon.right() + 9);
        painter->setFont(theme.font(TextRole::kTable));
        painter->setPen(p.text);
        painter->drawText(place, Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(row.text, Qt::ElideRight, place.width()));
    }
};

}  // namespace

void JumpModel::setRows(std::vector<JumpRow> rows) {
    if (rows == rows_) return;
    if (rows.size() == rows_.size()) {  // grown worse, most often: what is selected stays
        rows_ = std::move(rows);
        Q_EMIT dataChanged(index(0), index(static_cast<int>(rows_.size()) - 1));
        return;
    }
    beginResetModel();
    rows_ = std::move(rows);
    endResetModel();
}

int JumpModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

QVariant JumpModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const JumpRow& at = row(index.row());
    if (role == Qt::DisplayRole) return at.text;
    if (role == Qt::ToolTipRole && !at.tip.isEmpty()) return at.tip;
    if (role == Qt::AccessibleTextRole || role == Qt::ToolTipRole)
        return QStringList{at.text, at.where, at.step}.join(QStringLiteral("  ")).simplified();
    return {};
}

JumpList::JumpList(const QString& name, int preferred_rows, QWidget* parent)
    : QListView(parent), model_(new JumpModel(this)), preferred_rows_(preferred_rows) {
    setModel(model_);
    setItemDelegate(new JumpDelegate(this));
    setAccessibleName(name);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setUniformItemSizes(true);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    connect(this, &QAbstractItemView::clicked, this, [this](const QModelIndex& at) { Q_EMIT chosen(at.row()); });
    connect(model_, &QAbstractItemModel::modelReset, this, [this] { updateGeometry(); });
    connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

QSize JumpList::sizeHint() const {
    return {280, std::min(model_->rowCount(), preferred_rows_) * kRow};
}
QSize JumpList::minimumSizeHint() const {
    return {160, std::min(model_->rowCount(), 2) * kRow};
}

void JumpList::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space;
    if (enter && currentIndex().isValid()) {
        Q_EMIT chosen(currentIndex().row());
        return;
    }
    QListView::keyPressEvent(event);
}

}  // namespace switchyard::ui
