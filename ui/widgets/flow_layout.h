// SPDX-License-Identifier: GPL-3.0-or-later
// Widgets beside each other that go on in the next line where the width ends.
#pragma once

#include <QLayout>
#include <QList>

namespace switchyard::ui {

/// Thread: GUI thread.
class FlowLayout : public QLayout {
    Q_OBJECT
public:
    explicit FlowLayout(int spacing, QWidget* parent = nullptr);
    ~FlowLayout() override;
    void addItem(QLayoutItem* item) override { items_.append(item); }
    int count() const override { return static_cast<int>(items_.size()); }
    QLayoutItem* itemAt(int index) const override { return items_.value(index); }
    QLayoutItem* takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return place(QRect(0, 0, width, 0), false); }
    QSize minimumSize() const override;
    QSize sizeHint() const override;
    void setGeometry(const QRect& rect) override;

private:
    /// @return the height it takes.
    int place(const QRect& rect, bool move) const;

    QList<QLayoutItem*> items_;
};

}  // namespace switchyard::ui
