// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/retrieval/query_panel.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "ui/panels/retrieval/index_view.h"
#include "ui/widgets/list_row.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kRowHeight = 56;

/// A query as a row: icon, text, what came of it.
class QueryDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {120, kRowHeight}; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        const Palette& p = theme.palette();
        const QRect row = option.rect;
        painter->save();
        paintRowGround(*painter, option);
        const bool image = index.data(QueryHistory::kIsImageRole).toBool();
        theme.icon(image ? QStringLiteral("image") : QStringLiteral("search"), p.muted)
            .paint(painter, QRect(row.left() + 12, row.center().y() - 8, 16, 16));
        const QRect text(row.left() + 40, row.top() + 9, row.width() - 52, 20);
        const QFont body = theme.font(TextRole::kBody);
        painter->setFont(body);
        painter->setPen(p.text);
        painter->drawText(text, Qt::AlignLeft | Qt::AlignVCenter,
                          QFontMetrics(body).elidedText(index.data().toString().simplified(),
                                                        image ? Qt::ElideMiddle : Qt::ElideRight, text.width()));
        painter->setFont(theme.font(TextRole::kTable));
        painter->setPen(p.muted);
        painter->drawText(text.translated(0, 19), Qt::AlignLeft | Qt::AlignVCenter,
                          index.data(QueryHistory::kOutcomeRole).toString());
        paintRowFocus(*painter, option);
        painter->restore();
    }
};

}  // namespace

QueryListView::QueryListView(QWidget* parent) : QListView(parent) {
    setItemDelegate(new QueryDelegate(this));
    setUniformItemSizes(true);
    setMouseTracking(true);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Queries"));
    connect(this, &QListView::clicked, this, [this](const QModelIndex& index) { Q_EMIT runAgain(index.row()); });
}

void QueryListView::paintEvent(QPaintEvent* event) {
    QListView::paintEvent(event);
    if (model() == nullptr || model()->rowCount() > 0) return;
    QPainter painter(viewport());
    painter.setFont(Theme::instance().font(TextRole::kTable));
    painter.setPen(Theme::instance().palette().muted);
    painter.drawText(viewport()->rect().adjusted(24, 24, -24, -24), Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap,
                     tr("Queries stand here, those of earlier sessions too."));
}

void QueryListView::keyPressEvent(QKeyEvent* event) {
    const QModelIndex index = currentIndex();
    if (index.isValid()) {
        if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) return Q_EMIT runAgain(index.row());
        if (event->key() == Qt::Key_Delete) return Q_EMIT removeRow(index.row());
    }
    QListView::keyPressEvent(event);
}

void QueryListView::contextMenuEvent(QContextMenuEvent* event) {
    const QModelIndex index = event->reason() == QContextMenuEvent::Keyboard ? currentIndex() : indexAt(event->pos());
    if (!index.isValid()) return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const int row = index.row();
    connect(menu->addAction(tr("Search again")), &QAction::triggered, this, [this, row] { Q_EMIT runAgain(row); });
    connect(menu->addAction(tr("Remove query")), &QAction::triggered, this, [this, row] { Q_EMIT removeRow(row); });
    menu->addSeparator();
    connect(menu->addAction(tr("Remove all queries")), &QAction::triggered, this, [this] { Q_EMIT clearAll(); });
    menu->popup(event->globalPos());
}

QueryPanel::QueryPanel(QueryHistory& history, IndexStore& store, QWidget* parent) : QWidget(parent), history_(history) {
    setWindowTitle(tr("Queries"));
    setAttribute(Qt::WA_StyledBackground);
    setProperty("panel", true);
    list_ = new QueryListView;
    list_->setModel(&history_);
    index_ = new IndexView(store);
    auto* line = new QFrame;
    line->setProperty("line", true);
    line->setFixedHeight(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(list_, 1);
    column->addWidget(line);
    column->addWidget(index_);
    connect(list_, &QueryListView::runAgain, this,
            [this](int row) { Q_EMIT runAgain(RetrievalQuery(history_.query(row))); });
    connect(list_, &QueryListView::removeRow, &history_, &QueryHistory::remove);
    connect(list_, &QueryListView::clearAll, &history_, &QueryHistory::clear);
    connect(&Theme::instance(), &Theme::changed, list_->viewport(), qOverload<>(&QWidget::update));
}

void QueryPanel::setCurrent(const RetrievalQuery& query) {
    const int row = history_.rowOf(query);
    if (row >= 0)
        list_->setCurrentIndex(history_.index(row));
    else
        list_->clearSelection();
}

}  // namespace switchyard::ui
