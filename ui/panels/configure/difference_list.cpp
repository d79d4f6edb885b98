// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure/difference_list.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QScreen>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kWidth = 560;
constexpr int kMostRows = 14;

}  // namespace

DifferenceList::DifferenceList(ConfigDiffModel& model, const QString& other, QWidget* parent)
    : QFrame(parent, Qt::Popup), model_(model) {
    setAttribute(Qt::WA_DeleteOnClose);
    setProperty("card", true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    auto* title = new QLabel(model.rowCount() == 1
                                 ? tr("1 key differs from %1").arg(other.toHtmlEscaped())
                                 : tr("%1 keys differ from %2").arg(model.rowCount()).arg(other.toHtmlEscaped()));
    title->setProperty("role", "title");
    title->setContentsMargins(11, 8, 11, 6);
    column->addWidget(title);
    table_ = new QTableView;
    table_->setModel(&model);
    table_->setAccessibleName(tr("Keys that differ"));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setTextElideMode(Qt::ElideMiddle);
    table_->setTabKeyNavigation(false);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(metric::kTableRow);
    table_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    table_->horizontalHeader()->setSectionResizeMode(ConfigDiffModel::kKey, QHeaderView::ResizeToContents);
    table_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table_->setCursor(Qt::PointingHandCursor);
    table_->installEventFilter(this);
    table_->selectRow(0);
    column->addWidget(table_, 1);
    auto* hint = new QLabel(tr("Choose a row to go to its key"));
    hint->setProperty("role", "caption");
    hint->setContentsMargins(11, 4, 11, 8);
    column->addWidget(hint);
    connect(table_, &QTableView::clicked, this, &DifferenceList::choose);
}

void DifferenceList::showBelow(const QWidget& anchor) {
    const int rows = std::clamp(model_.rowCount(), 1, kMostRows);
    table_->setFixedHeight(table_->horizontalHeader()->sizeHint().height() + rows * metric::kTableRow + 2);
    setFixedWidth(kWidth);
    adjustSize();
    QPoint corner = anchor.mapToGlobal(QPoint(0, anchor.height() + 2));
    if (const QScreen* screen = anchor.screen()) {
        const QRect room = screen->availableGeometry();
        corner.setX(std::clamp(corner.x(), room.left(), std::max(room.left(), room.right() - width())));
        corner.setY(std::clamp(corner.y(), room.top(), std::max(room.top(), room.bottom() - height())));
    }
    move(corner);
    show();
    table_->setFocus(Qt::PopupFocusReason);
}

void DifferenceList::choose(const QModelIndex& index) {
    if (!index.isValid()) return;
    const std::string path = model_.path(index.row());
    close();
    Q_EMIT keyChosen(path);
}

bool DifferenceList::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            choose(table_->currentIndex());
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

}  // namespace switchyard::ui
