// SPDX-License-Identifier: GPL-3.0-or-later
// Named numbers in one column, or in two that are held against each other.
#pragma once

#include <QLabel>
#include <QList>
#include <QStringList>
#include <QWidget>

class QGridLayout;

namespace switchyard::ui {

/// Worse and better are told of the right column only. Thread: GUI thread.
class ContrastTable : public QWidget {
    Q_OBJECT
public:
    enum class Verdict { kNone, kWorse, kBetter };
    explicit ContrastTable(const QStringList& names, QWidget* parent = nullptr);
    /// Two columns with these heads.
    void setHeads(const QString& left, const QString& right);
    void setLeft(const QStringList& values);
    void setRight(const QStringList& values, const QList<Verdict>& verdicts = {});
    QString left(int row) const { return left_[row]->text(); }
    QString right(int row) const { return right_[row]->text(); }

private:
    void colour();

    QGridLayout* grid_;
    QLabel* left_head_;
    QLabel* right_head_;
    QList<QLabel*> left_, right_;
    QStringList names_;
    QList<Verdict> verdicts_;
};

}  // namespace switchyard::ui
