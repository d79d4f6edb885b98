// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of a name, a bar and numbers: the likeliest experts of a token, an expert's tokens, its companions.
#pragma once

#include <QList>
#include <QString>
#include <QWidget>

namespace switchyard::ui {

struct BarRow {
    QString name;     ///< "" = the tag of `expert`
    int expert = -1;  ///< a click chooses it; -1 = none
    double share = 0;
    QString value, second;  ///< at the right; `second` muted
    int color_of = -1;      ///< the expert whose colour the bar has; -1 = `expert`
};

/// Thread: GUI thread.
class BarRows : public QWidget {
    Q_OBJECT
public:
    explicit BarRows(const QString& name, QWidget* parent = nullptr);
    void setRows(const QList<BarRow>& rows, int experts);
    const QList<BarRow>& rows() const { return rows_; }
    /// Room of names, in pixels.
    void setNameWidth(int width);
    QRect rowRect(int row) const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {120, sizeHint().height()}; }

Q_SIGNALS:
    void expertChosen(int expert);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    QList<BarRow> rows_;
    int experts_ = 1, name_width_ = 70;
};

}  // namespace switchyard::ui
