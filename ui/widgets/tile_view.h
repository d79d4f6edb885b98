// SPDX-License-Identifier: GPL-3.0-or-later
// A view of equal tiles, as many beside each other as fit; with one column a list of rows.
#pragma once

#include <QAbstractItemView>
#include <functional>

namespace switchyard::ui {

/// How tiles are laid out, in logical pixels.
struct TileShape {
    int least_width = 180;  ///< as many columns as have at least this; 0 = one column
    int spacing = 8;
    QMargins margins{12, 0, 12, 12};  ///< the scroll bar stands in the right one
    std::function<int(int width)> height;
};

/// Arrows move over the grid, Enter is chosen(), space and a double click are opened(). The delegate gets
/// State_Selected, State_MouseOver and State_HasFocus. Thread: GUI thread.
class TileView : public QAbstractItemView {
    Q_OBJECT
public:
    explicit TileView(TileShape shape, QWidget* parent = nullptr);
    void setShape(const TileShape& shape);
    int columns() const;
    QRect visualRect(const QModelIndex& index) const override;
    QModelIndex indexAt(const QPoint& point) const override;
    void scrollTo(const QModelIndex& index, ScrollHint hint = EnsureVisible) override;
    void setModel(QAbstractItemModel* model) override;

Q_SIGNALS:
    void chosen(const QModelIndex& index);
    void opened(const QModelIndex& index);

protected:
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
    int horizontalOffset() const override { return 0; }
    int verticalOffset() const override;
    bool isIndexHidden(const QModelIndex&) const override { return false; }
    void setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags flags) override;
    QRegion visualRegionForSelection(const QItemSelection& selection) const override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void updateGeometries() override;
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    int count() const;
    int tileWidth() const;
    int tileHeight() const;
    QRect tileRect(int row) const;  ///< in the content
    int contentHeight() const;
    void setHover(const QModelIndex& index);

    TileShape shape_;
    QPersistentModelIndex hover_;
};

}  // namespace switchyard::ui
